package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.InTransaction;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.RestartPolicy;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.context.annotation.Lazy;

/**
 * Settings of handlers that do not say otherwise in their annotation.
 *
 * @param capacity Number of calls that may wait for a handler.
 * @param overflow What happens to a call when the mailbox of its handler is full.
 * @param timeout Time a call waits for its result, and any call for room in the mailbox.
 * @param readers Number of read-only bodies of a handler that may run at once.
 * @param busyLimit Time a body may run, or a loop let nothing in, before that is reported
 * with its stack; never with 0.
 * @param waitLimit Time a call may wait in a mailbox before that is reported with what
 * holds the handler; never with 0.
 * @param inTransaction What happens to a call that waits for its result while its caller
 * is in a transaction.
 * @param strict Whether what undoes a handler's mailbox is an error, where it would be a
 * warning.
 * @param restart When a processing loop that has thrown is started again.
 */
@Lazy
@ConfigurationProperties("greenroom.deferred")
record DeferredProperties(@DefaultValue("10000") int capacity, @DefaultValue("block") WhenFull overflow,
		@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration timeout, @DefaultValue("256") int readers,
		@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration busyLimit,
		@DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration waitLimit,
		@DefaultValue("warn") InTransaction inTransaction, @DefaultValue("false") boolean strict,
		@DefaultValue Restart restart) {

	DeferredProperties {
		InvalidSettingException.require(capacity >= 1, "greenroom.deferred.capacity", capacity,
				"a number of calls from 1");
		InvalidSettingException.require(timeout.isPositive(), "greenroom.deferred.timeout", timeout,
				"a positive duration such as 5s");
		InvalidSettingException.require(readers >= 1, "greenroom.deferred.readers", readers,
				"a number of bodies from 1");
		InvalidSettingException.require(!busyLimit.isNegative(), "greenroom.deferred.busy-limit", busyLimit,
				"a duration such as 10s, or 0s for none");
		InvalidSettingException.require(!waitLimit.isNegative(), "greenroom.deferred.wait-limit", waitLimit,
				"a duration such as 10s, or 0s for none");
	}

	HandlerOptions options() {
		return HandlerOptions.builder()
			.capacity(this.capacity)
			.overflow((this.overflow == WhenFull.REJECT) ? Overflow.REJECT : Overflow.BLOCK)
			.timeout(this.timeout)
			.readers(this.readers)
			.busyLimit(this.busyLimit)
			.waitLimit(this.waitLimit)
			.restart(new RestartPolicy(this.restart.limit, this.restart.period, this.restart.backoff))
			.build();
	}

	/**
	 * What a full mailbox does that may belong to any handler. What drops calls is
	 * declared on the handler that can bear it.
	 */
	enum WhenFull {

		/** The caller waits for room. */
		BLOCK,

		/** The caller is rejected at once. */
		REJECT

	}

	/**
	 * Restarts of processing loops.
	 *
	 * @param limit Number of restarts within the period; none with 0.
	 * @param period Time in which restarts are counted.
	 * @param backoff Wait before the first restart in a period, doubled for each further
	 * one.
	 */
	record Restart(@DefaultValue("0") int limit, @DefaultValue("1m") @DurationUnit(ChronoUnit.SECONDS) Duration period,
			@DefaultValue("100ms") @DurationUnit(ChronoUnit.SECONDS) Duration backoff) {

		Restart {
			InvalidSettingException.require(limit >= 0, "greenroom.deferred.restart.limit", limit,
					"0 for none, or a number of restarts");
			InvalidSettingException.require(period.isPositive(), "greenroom.deferred.restart.period", period,
					"a positive duration such as 1m");
			InvalidSettingException.require(!backoff.isNegative(), "greenroom.deferred.restart.backoff", backoff,
					"a duration such as 100ms, or 0s");
		}

	}

}
