package io.greenroom.wire;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What was thrown, as data.
 *
 * @param type the name of its class
 * @param message its message
 * @param properties what its constructor takes, as an object's text; {@code null} if that
 * is not known
 * @param frames its stack, the innermost first
 * @param cause its cause
 */
public record FailureData(String type, @Nullable String message, @Nullable String properties,
		List<StackTraceElement> frames, @Nullable FailureData cause) {

	/** Copies what could change. */
	public FailureData {
		Objects.requireNonNull(type, "type");
		frames = List.copyOf(frames);
	}

	/**
	 * Makes the failure that says why a call was refused.
	 * @param message what was asked, what was found and what to do
	 * @return the failure, without a stack
	 */
	public static FailureData refused(String message) {
		return new FailureData("", message, null, List.of(), null);
	}

}
