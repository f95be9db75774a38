package io.greenroom.wire;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a value can't be written as text, or a text does not fit the declared type.
 */
public final class CodecException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message which value it is, what was found, and what to do
	 * @param cause the cause, if there is one
	 */
	public CodecException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
