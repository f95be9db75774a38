package io.greenroom.web.internal;

import java.time.Duration;

/**
 * What a pool grants to requests, and how it rejects them.
 *
 * @param queueTimeout how long a request waits in line at most
 * @param bodyTimeout how long a request in a slot may wait for its body; zero for no
 * limit
 * @param writeTimeout how long an answer in a slot may wait for its client to read; zero
 * for no limit
 * @param status the status that rejects, 400 to 599
 * @param retryAfter when a rejected client may come again; zero for no word about it
 * @param retryAfterJitter how much later than that at most, at random, so that rejected
 * clients do not all come back at once
 */
public record PoolTerms(Duration queueTimeout, Duration bodyTimeout, Duration writeTimeout, int status,
		Duration retryAfter, Duration retryAfterJitter) {

	/** The longest of all times: a hundred years, which every clock can count. */
	public static final Duration LONGEST = Duration.ofDays(36_500);

	/**
	 * Five seconds in line, a minute for the body, no limit for the answer, 503, a second
	 * until the next try.
	 */
	public static final PoolTerms DEFAULT = new PoolTerms(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ZERO,
			503, Duration.ofSeconds(1), Duration.ZERO);

	/** Checks that each time can be counted. */
	public PoolTerms {
		requireTime(queueTimeout, "queue timeout");
		requireTime(bodyTimeout, "body timeout");
		requireTime(writeTimeout, "write timeout");
		requireTime(retryAfter, "time to come again");
		requireTime(retryAfterJitter, "jitter");
	}

	/**
	 * Returns when a client that is rejected may come again.
	 * @param share how much of the jitter falls to it, from 0 to 1
	 */
	Duration retryAfter(double share) {
		return this.retryAfter.plus(Duration.ofNanos((long) (this.retryAfterJitter.toNanos() * share)));
	}

	private static void requireTime(Duration time, String what) {
		if (time.isNegative() || time.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException(
					"The " + what + " is " + time + "; give zero or a duration up to " + LONGEST);
		}
	}

}
