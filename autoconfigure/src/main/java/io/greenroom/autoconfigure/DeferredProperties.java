package io.greenroom.autoconfigure;

import java.time.Duration;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Overflow;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of handlers that do not say otherwise in their annotation.
 *
 * @param capacity Number of calls that may wait for a handler.
 * @param overflow What happens to a call when the mailbox of its handler is full.
 * @param timeout Time a call waits for its result, and any call for room in the mailbox.
 */
@ConfigurationProperties("greenroom.deferred")
record DeferredProperties(@DefaultValue("10000") int capacity, @DefaultValue("block") Overflow overflow,
		@DefaultValue("30s") Duration timeout) {

	DeferredProperties {
		InvalidSettingException.require(capacity >= 1, "greenroom.deferred.capacity", capacity,
				"a number of calls from 1");
		InvalidSettingException.require(timeout.isPositive(), "greenroom.deferred.timeout", timeout,
				"a positive duration such as 5s");
	}

	HandlerOptions options() {
		return HandlerOptions.defaults()
			.withCapacity(this.capacity)
			.withOverflow(this.overflow)
			.withTimeout(this.timeout);
	}

}
