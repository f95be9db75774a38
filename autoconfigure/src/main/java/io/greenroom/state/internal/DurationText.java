package io.greenroom.state.internal;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses durations as people write them. */
public final class DurationText {

	private static final Pattern SIMPLE = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

	private DurationText() {
	}

	/**
	 * Parses a duration.
	 * @throws IllegalArgumentException if the text is not a positive duration
	 */
	public static Duration parse(String text) {
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

}
