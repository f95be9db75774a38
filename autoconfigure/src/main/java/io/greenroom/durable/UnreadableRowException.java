package io.greenroom.durable;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;
import org.jspecify.annotations.Nullable;

/**
 * The row of a key is not what the class of its handler can read: no call of that key is
 * made until the row or the class is mended. The row stays as it is, and other keys are
 * not concerned.
 */
public final class UnreadableRowException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause what caused it, if anything
	 */
	public UnreadableRowException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
