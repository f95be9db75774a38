package io.greenroom.sample.chat;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the chat.
 *
 * @param telnetPort the port for terminals on the loopback address; 0 lets the system
 * choose one
 */
@ConfigurationProperties("box-office.chat")
record ChatProperties(@DefaultValue("2323") int telnetPort) {

}
