package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.greenroom.durable.internal.OutboxOptions;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * Settings of durable oneway calls.
 *
 * @param attempts Number of times a call is tried before it is given up.
 * @param backoff Time that a lane waits after its first call has failed; twice as long
 * after each further failure of that call.
 * @param lease Time after which others deliver the lanes of a node that does not say any
 * more that it is there.
 * @param onDead What a lane does when its first call was given up: it goes on (skip), or
 * waits until somebody replays or discards that call (halt).
 */
@ConfigurationProperties("greenroom.outbox")
record OutboxProperties(@DefaultValue("5") int attempts,
		@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration backoff,
		@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration lease, @DefaultValue("skip") OnDead onDead) {

	OutboxProperties {
		InvalidSettingException.require(attempts >= 1, "greenroom.outbox.attempts", attempts,
				"a number of attempts from 1");
		InvalidSettingException.require(backoff.compareTo(Duration.ofMillis(1)) >= 0, "greenroom.outbox.backoff",
				backoff, "a duration of 1ms or more");
		InvalidSettingException.require(lease.compareTo(Duration.ofSeconds(1)) >= 0, "greenroom.outbox.lease", lease,
				"a duration of 1s or more");
	}

	OutboxOptions options(Duration sweep) {
		return new OutboxOptions(this.attempts, this.backoff, this.lease, this.onDead == OnDead.HALT, sweep);
	}

	/** What a lane does when its first call was given up. */
	enum OnDead {

		/** It goes on with the next. */
		SKIP,

		/** It waits until somebody replays or discards the call. */
		HALT

	}

}
