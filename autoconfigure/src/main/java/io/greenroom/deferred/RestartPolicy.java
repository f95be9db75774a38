package io.greenroom.deferred;

import java.time.Duration;
import java.util.Objects;

/**
 * Whether and when a {@link ProcessingLoop} is restarted after it has thrown. Waiting
 * calls keep their places. Immutable.
 *
 * @param limit how many restarts are made within the period; after one more failure, the
 * handler is dead. 0 never restarts
 * @param period the period in which restarts are counted
 * @param backoff how long to wait before the first restart in a period; doubled for each
 * further restart, up to the period
 */
public record RestartPolicy(int limit, Duration period, Duration backoff) {

	private static final RestartPolicy NONE = new RestartPolicy(0, Duration.ofMinutes(1), Duration.ofMillis(100));

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if the limit is negative, the period not positive
	 * or the back-off negative
	 */
	public RestartPolicy {
		Objects.requireNonNull(period, "period");
		Objects.requireNonNull(backoff, "backoff");
		if (limit < 0) {
			throw new IllegalArgumentException("The limit of restarts is " + limit + "; give 0 for none, or more");
		}
		if (!period.isPositive()) {
			throw new IllegalArgumentException(
					"The period of restarts is " + period + "; give a positive duration such as 1m");
		}
		if (backoff.isNegative()) {
			throw new IllegalArgumentException(
					"The back-off of restarts is " + backoff + "; give zero or a positive duration");
		}
	}

	/**
	 * Returns the policy that never restarts.
	 * @return a policy with no restarts, a period of one minute and a back-off of 100
	 * milliseconds
	 */
	public static RestartPolicy none() {
		return NONE;
	}

}
