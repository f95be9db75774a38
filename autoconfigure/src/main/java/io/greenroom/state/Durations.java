package io.greenroom.state;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and checks lengths of time. */
final class Durations {

	private static final Pattern SIMPLE = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

	private Durations() {
	}

	/**
	 * Reads a length of time.
	 * @throws IllegalArgumentException if the text is none, or not positive
	 */
	static Duration parse(String text) {
		Duration length = read(text.strip());
		if (length.isNegative() || length.isZero()) {
			throw new IllegalArgumentException("'" + text + "' is not a positive length of time");
		}
		return length;
	}

	private static Duration read(String text) {
		Matcher simple = SIMPLE.matcher(text);
		try {
			if (!simple.matches()) {
				return Duration.parse(text);
			}
			long amount = Long.parseLong(simple.group(1));
			return switch (simple.group(2)) {
				case "ms" -> Duration.ofMillis(amount);
				case "s" -> Duration.ofSeconds(amount);
				case "m" -> Duration.ofMinutes(amount);
				case "h" -> Duration.ofHours(amount);
				default -> Duration.ofDays(amount);
			};
		}
		catch (ArithmeticException ex) {
			throw tooLong(text, ex);
		}
		catch (DateTimeParseException ex) {
			throw (ex.getCause() instanceof ArithmeticException) ? tooLong(text, ex)
					: new IllegalArgumentException("'" + text + "' is not a length of time", ex);
		}
		catch (NumberFormatException ex) {
			// Digits only, so it is their number.
			throw tooLong(text, ex);
		}
	}

	private static IllegalArgumentException tooLong(String text, RuntimeException cause) {
		return new IllegalArgumentException("'" + text + "' is longer than can be counted", cause);
	}

	/** Writes a length of time as people write it. */
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
	 * Returns the length in nanoseconds, {@link Long#MAX_VALUE} where it is longer than
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
