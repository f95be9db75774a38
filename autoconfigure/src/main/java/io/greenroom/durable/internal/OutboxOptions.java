package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.Objects;

/**
 * How stored calls are delivered. Users don't need this.
 *
 * @param attempts how often a call is tried
 * @param backoff how long a lane waits after the first failure; twice as long after each
 * further one
 * @param lease how long a lane is a node's that does not say that it is still there
 * @param halt whether a lane waits when its first call was given up
 * @param sweep how often to look for calls that other nodes have left
 */
public record OutboxOptions(int attempts, Duration backoff, Duration lease, boolean halt, Duration sweep) {

	/** Longer than that no lane waits for its next attempt. */
	private static final Duration LONGEST = Duration.ofHours(1);

	/** Checks that all is there. */
	public OutboxOptions {
		Objects.requireNonNull(backoff, "backoff");
		Objects.requireNonNull(lease, "lease");
		Objects.requireNonNull(sweep, "sweep");
	}

	/** Returns how long a lane waits after a number of attempts that have failed. */
	Duration pause(int failed) {
		int doubled = Math.clamp(failed - 1L, 0, 20);
		Duration most = (this.backoff.compareTo(LONGEST) > 0) ? this.backoff : LONGEST;
		return (this.backoff.compareTo(most.dividedBy(1L << doubled)) >= 0) ? most
				: this.backoff.multipliedBy(1L << doubled);
	}

}
