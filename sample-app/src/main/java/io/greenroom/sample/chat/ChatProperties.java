package io.greenroom.sample.chat;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where terminals reach the chat.
 *
 * @param telnetPort the port on the loopback address; with 0 the system chooses one
 */
@ConfigurationProperties("box-office.chat")
record ChatProperties(@DefaultValue("2323") int telnetPort) {

}
