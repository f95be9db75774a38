package io.greenroom.state;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Checks and formats durations. */
final class Durations {

	private Durations() {
	}

	/** Formats a duration as people write it. */
	static String format(Duration length) {
		if (length.toSeconds() > Long.MAX_VALUE / 1000 - 1) {
			return length.toString();
		}
		long millis = length.toMillis();
		if (!length.equals(Duration.ofMillis(millis)) || millis <= 0) {
			return length.toString();
		}
		if (millis % 1000 != 0) {
			return millis + "ms";
		}
		long seconds = millis / 1000;
		if (seconds % 86_400 == 0) {
			return seconds / 86_400 + "d";
		}
		if (seconds % 3600 == 0) {
			return seconds / 3600 + "h";
		}
		return (seconds % 60 == 0) ? seconds / 60 + "m" : seconds + "s";
	}

	/**
	 * Returns the duration in nanoseconds, {@link Long#MAX_VALUE} where it is longer than
	 * that.
	 * @throws IllegalArgumentException if it is negative
	 */
	static long nanos(Duration length, String what) {
		if (Objects.requireNonNull(length, what).isNegative()) {
			throw new IllegalArgumentException(
					"The " + what + " is negative: " + length + "; give zero or a positive duration");
		}
		return TimeUnit.NANOSECONDS.convert(length);
	}

}
