package io.greenroom.deferred;

import java.time.Duration;
import java.util.Objects;

/**
 * Whether and when a {@link ProcessingLoop} that has thrown is started again. Calls that
 * wait meanwhile keep their places.
 *
 * @param limit how many restarts are made within the period; with one failure more the
 * handler gives up and is dead. 0 never restarts
 * @param period in which restarts are counted
 * @param backoff how long to wait before the first restart in a period; doubled for each
 * further one, up to the period
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
	 * @return no restarts, a minute, 100 milliseconds
	 */
	public static RestartPolicy none() {
		return NONE;
	}

}
