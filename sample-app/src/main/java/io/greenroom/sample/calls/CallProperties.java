package io.greenroom.sample.calls;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How calls are waited for.
 *
 * @param patience how long a request waits for a call before it is answered with 204;
 * shorter than the limit of any proxy on the way
 */
@ConfigurationProperties("box-office.calls")
record CallProperties(@DefaultValue("25s") Duration patience) {

}
