package io.greenroom.keyed.internal;

import java.time.Duration;

/**
 * How many instances of a keyed handler there can be, and how long they are kept.
 *
 * @param idle how long an instance that is not called is kept
 * @param maxActive the maximum number of instances
 */
public record KeyedOptions(Duration idle, int maxActive) {

	private static final KeyedOptions DEFAULTS = new KeyedOptions(Duration.ofMinutes(10), 100_000);

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if the idle time is not positive, or the number is
	 * less than 1
	 */
	public KeyedOptions {
		if (!idle.isPositive()) {
			throw new IllegalArgumentException("The idle time is " + idle + "; give a positive duration");
		}
		if (maxActive < 1) {
			throw new IllegalArgumentException("The number of active keys is " + maxActive + "; give 1 or more");
		}
	}

	/**
	 * Returns the defaults: ten minutes and 100,000 instances.
	 * @return the default options
	 */
	public static KeyedOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns a copy of these options with another idle time.
	 * @param idle how long an instance that is not called is kept; positive
	 * @return a copy
	 */
	public KeyedOptions withIdle(Duration idle) {
		return new KeyedOptions(idle, this.maxActive);
	}

	/**
	 * Returns a copy of these options with another number of instances.
	 * @param maxActive the maximum number of instances; at least 1
	 * @return a copy
	 */
	public KeyedOptions withMaxActive(int maxActive) {
		return new KeyedOptions(this.idle, maxActive);
	}

}
