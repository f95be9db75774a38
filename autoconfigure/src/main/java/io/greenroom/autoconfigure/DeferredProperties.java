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
 * Default settings of handlers, which the annotation can override.
 *
 * @param capacity Number of calls that may wait for a handler.
 * @param overflow Reaction to a call when the mailbox of its handler is full.
 * @param timeout Time that a call waits for its result, and any call for room in the
 * mailbox.
 * @param readers Number of read-only bodies of a handler that may run at once.
 * @param busyLimit Time that a body may run, or that a loop may let nothing in, before it
 * is reported with its stack; 0 to disable the report.
 * @param waitLimit Time that a call may wait in a mailbox before it is reported with what
 * holds the handler; 0 to disable the report.
 * @param inTransaction Reaction to a call that waits for its result while its caller is
 * in a transaction.
 * @param strict Whether questionable uses of a handler's mailbox are errors instead of
 * warnings.
 * @param restart Restarts of a processing loop that has thrown.
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
				"a number of calls, 1 or more");
		InvalidSettingException.require(timeout.isPositive(), "greenroom.deferred.timeout", timeout,
				"a positive duration such as 5s");
		InvalidSettingException.require(readers >= 1, "greenroom.deferred.readers", readers,
				"a number of bodies, 1 or more");
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
	 * The overflow policies that are suitable for all handlers. A policy that drops calls
	 * must be declared on a handler that tolerates it.
	 */
	enum WhenFull {

		/** The caller waits for room. */
		BLOCK,

		/** The call is rejected immediately. */
		REJECT

	}

	/**
	 * Restarts of processing loops.
	 *
	 * @param limit Number of restarts within the period; 0 for no restarts.
	 * @param period Time in which restarts are counted.
	 * @param backoff Wait before the first restart in a period, doubled for each further
	 * one.
	 */
	record Restart(@DefaultValue("0") int limit, @DefaultValue("1m") @DurationUnit(ChronoUnit.SECONDS) Duration period,
			@DefaultValue("100ms") @DurationUnit(ChronoUnit.SECONDS) Duration backoff) {

		Restart {
			InvalidSettingException.require(limit >= 0, "greenroom.deferred.restart.limit", limit,
					"the number of restarts, or 0 for none");
			InvalidSettingException.require(period.isPositive(), "greenroom.deferred.restart.period", period,
					"a positive duration such as 1m");
			InvalidSettingException.require(!backoff.isNegative(), "greenroom.deferred.restart.backoff", backoff,
					"a duration such as 100ms, or 0s");
		}

	}

}
