package io.greenroom.wire;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/** A value can't be written as text, or a text is not what its declared type wants. */
public final class CodecException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes an exception.
	 * @param message which value, what was found, and what to do
	 * @param cause what went wrong, {@code null} if the message says all
	 */
	public CodecException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
