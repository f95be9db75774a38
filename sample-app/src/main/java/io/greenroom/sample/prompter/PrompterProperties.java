package io.greenroom.sample.prompter;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the prompter sits.
 *
 * @param port the port on the loopback address; with 0 the system chooses one
 */
@ConfigurationProperties("box-office.prompter")
record PrompterProperties(@DefaultValue("0") int port) {

}
