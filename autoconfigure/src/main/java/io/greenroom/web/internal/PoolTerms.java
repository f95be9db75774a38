package io.greenroom.web.internal;

import java.time.Duration;

/**
 * What a pool grants to requests, and how it rejects them.
 *
 * @param queueTimeout the maximum time that a request waits in line
 * @param bodyTimeout how long a request in a slot may wait for its body; zero for no
 * limit
 * @param writeTimeout how long an answer in a slot may wait for its client to read; zero
 * for no limit
 * @param status the status of a rejection, 400 to 599
 * @param retryAfter when a rejected client may retry; zero to send no {@code Retry-After}
 * @param retryAfterJitter the maximum random addition to that time, so that rejected
 * clients do not all retry at once
 */
public record PoolTerms(Duration queueTimeout, Duration bodyTimeout, Duration writeTimeout, int status,
		Duration retryAfter, Duration retryAfterJitter) {

	/** The longest time: a hundred years, which every clock can measure. */
	public static final Duration LONGEST = Duration.ofDays(36_500);

	/**
	 * Five seconds in line, a minute for the body, no limit for the answer, status 503,
	 * retry after a second.
	 */
	public static final PoolTerms DEFAULT = new PoolTerms(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ZERO,
			503, Duration.ofSeconds(1), Duration.ZERO);

	/** Checks that each time can be measured. */
	public PoolTerms {
		requireTime(queueTimeout, "queue timeout");
		requireTime(bodyTimeout, "body timeout");
		requireTime(writeTimeout, "write timeout");
		requireTime(retryAfter, "time to come again");
		requireTime(retryAfterJitter, "jitter");
	}

	/**
	 * Returns when a rejected client may retry.
	 * @param share the client's share of the jitter, from 0 to 1
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
