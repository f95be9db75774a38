package io.greenroom.keyed.internal;

import java.time.Duration;

/**
 * How long the instances of a handler by key stay.
 *
 * @param idle how long an instance stays that is not called
 * @param maxActive how many instances there may be
 */
public record KeyedOptions(Duration idle, int maxActive) {

	private static final KeyedOptions DEFAULTS = new KeyedOptions(Duration.ofMinutes(10), 100_000);

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if the idle time is not positive or the number
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
	 * Returns the defaults: ten minutes, a hundred thousand.
	 * @return the default options
	 */
	public static KeyedOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns these options with another idle time.
	 * @param idle how long an instance stays that is not called; positive
	 * @return a copy
	 */
	public KeyedOptions withIdle(Duration idle) {
		return new KeyedOptions(idle, this.maxActive);
	}

	/**
	 * Returns these options with another number of instances.
	 * @param maxActive how many there may be; at least 1
	 * @return a copy
	 */
	public KeyedOptions withMaxActive(int maxActive) {
		return new KeyedOptions(this.idle, maxActive);
	}

}
