package io.greenroom.autoconfigure;

import java.io.Serial;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * A setting that can't be used; ends the start with the key, the value and what is
 * allowed.
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
	 * @param holds whether it can be used
	 * @param key the whole key, as the user writes it
	 * @param value what was found
	 * @param allowed what is allowed, completing "set it to"
	 * @throws InvalidSettingException if it can't be used
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
