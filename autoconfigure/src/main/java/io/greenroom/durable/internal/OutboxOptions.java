package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.Objects;

/**
 * How stored calls are delivered. Not intended for applications.
 *
 * @param attempts the number of attempts before a call is given up
 * @param backoff how long a lane waits after the first failure; the wait doubles after
 * each further one
 * @param lease how long a node owns a lane without renewing the lease
 * @param halt whether a lane waits when its first call was given up
 * @param sweep the time between searches for calls that other nodes have left
 */
public record OutboxOptions(int attempts, Duration backoff, Duration lease, boolean halt, Duration sweep) {

	/** The longest wait of a lane between attempts. */
	private static final Duration LONGEST = Duration.ofHours(1);

	/** Checks the values. */
	public OutboxOptions {
		Objects.requireNonNull(backoff, "backoff");
		Objects.requireNonNull(lease, "lease");
		Objects.requireNonNull(sweep, "sweep");
	}

	/** Returns how long a lane waits after a number of failed attempts. */
	Duration pause(int failed) {
		int doubled = Math.clamp(failed - 1L, 0, 20);
		Duration most = (this.backoff.compareTo(LONGEST) > 0) ? this.backoff : LONGEST;
		return (this.backoff.compareTo(most.dividedBy(1L << doubled)) >= 0) ? most
				: this.backoff.multipliedBy(1L << doubled);
	}

}
