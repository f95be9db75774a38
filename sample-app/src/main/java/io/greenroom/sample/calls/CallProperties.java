package io.greenroom.sample.calls;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of long polling.
 *
 * @param patience how long a request waits for a call before it is answered with 204;
 * shorter than the limit of any proxy in between
 */
@ConfigurationProperties("box-office.calls")
record CallProperties(@DefaultValue("25s") Duration patience) {

}
