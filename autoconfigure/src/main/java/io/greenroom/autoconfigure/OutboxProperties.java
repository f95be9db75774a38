package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.greenroom.durable.internal.OutboxOptions;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.context.annotation.Lazy;

/**
 * Settings of durable oneway calls.
 *
 * @param attempts Number of attempts before a call is given up.
 * @param backoff Time that a lane waits after its first call has failed; doubled after
 * each further failure of that call.
 * @param lease Time without a renewal after which other nodes deliver the lanes of a
 * node.
 * @param onDead Behavior of a lane when its first call was given up: it continues (skip),
 * or waits until that call is replayed or discarded (halt).
 */
@Lazy
@ConfigurationProperties("greenroom.outbox")
record OutboxProperties(@DefaultValue("5") int attempts,
		@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration backoff,
		@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration lease, @DefaultValue("skip") OnDead onDead) {

	OutboxProperties {
		InvalidSettingException.require(attempts >= 1, "greenroom.outbox.attempts", attempts,
				"a number of attempts, 1 or more");
		InvalidSettingException.require(backoff.compareTo(Duration.ofMillis(1)) >= 0, "greenroom.outbox.backoff",
				backoff, "a duration of 1ms or more");
		InvalidSettingException.require(lease.compareTo(Duration.ofSeconds(1)) >= 0, "greenroom.outbox.lease", lease,
				"a duration of 1s or more");
	}

	OutboxOptions options(Duration sweep) {
		return new OutboxOptions(this.attempts, this.backoff, this.lease, this.onDead == OnDead.HALT, sweep);
	}

	/** The behavior of a lane when its first call was given up. */
	enum OnDead {

		/** The lane continues with the next call. */
		SKIP,

		/** The lane waits until the call is replayed or discarded. */
		HALT

	}

}
