package io.greenroom.sample.prompter;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the prompter.
 *
 * @param port the port on the loopback address; 0 lets the system choose one
 */
@ConfigurationProperties("box-office.prompter")
record PrompterProperties(@DefaultValue("0") int port) {

}
