package io.greenroom.autoconfigure;

import java.io.Serial;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Thrown at the start if a setting is not valid. Names the key, the value and the allowed
 * values.
 */
final class InvalidSettingException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String key;

	private final String value;

	private final String allowed;

	InvalidSettingException(String key, @Nullable Object value, String allowed) {
		super("%s is %s; allowed: %s".formatted(key, asWritten(value), allowed));
		this.key = key;
		this.value = asWritten(value);
		this.allowed = allowed;
	}

	private static String asWritten(@Nullable Object value) {
		return (value instanceof Duration duration)
				? DurationFormatterUtils.print(duration, DurationFormat.Style.COMPOSITE) : String.valueOf(value);
	}

	/**
	 * Checks a setting.
	 * @param holds whether it is valid
	 * @param key the complete key, in the user's notation
	 * @param value the value that was found
	 * @param allowed the allowed values, in words that complete "set it to"
	 * @throws InvalidSettingException if it is not valid
	 */
	static void require(boolean holds, String key, @Nullable Object value, String allowed) {
		if (!holds) {
			throw new InvalidSettingException(key, value, allowed);
		}
	}

	String key() {
		return this.key;
	}

	String value() {
		return this.value;
	}

	String allowed() {
		return this.allowed;
	}

}
