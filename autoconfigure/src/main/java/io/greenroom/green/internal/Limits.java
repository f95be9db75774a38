package io.greenroom.green.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Checks durations at the public edge. */
public final class Limits {

	private Limits() {
	}

	/**
	 * Returns the duration in nanoseconds, {@link Long#MAX_VALUE} where it is longer than
	 * that.
	 */
	public static long nanos(Duration length, String what) {
		if (Objects.requireNonNull(length, what).isNegative()) {
			throw new IllegalArgumentException(
					"The " + what + " is negative: " + length + "; give zero or a positive duration");
		}
		return TimeUnit.NANOSECONDS.convert(length);
	}

}
