package io.greenroom.wire;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A throwable as data.
 *
 * @param type the class name
 * @param message the message
 * @param properties the arguments of its constructor, as the text of an object;
 * {@code null} if they are not known
 * @param frames the stack trace, the innermost frame first
 * @param cause the cause
 */
public record FailureData(String type, @Nullable String message, @Nullable String properties,
		List<StackTraceElement> frames, @Nullable FailureData cause) {

	/** Copies the stack trace. */
	public FailureData {
		Objects.requireNonNull(type, "type");
		frames = List.copyOf(frames);
	}

	/**
	 * Returns a failure that says why a call was rejected.
	 * @param message what was asked, what was found and what to do
	 * @return the failure, without a stack
	 */
	public static FailureData rejected(String message) {
		return new FailureData("", message, null, List.of(), null);
	}

}
