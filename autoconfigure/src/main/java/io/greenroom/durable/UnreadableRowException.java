package io.greenroom.durable;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the class of a handler cannot read the row of a key. Calls of that key fail
 * until the row or the class is corrected. The row is not changed, and other keys are not
 * affected.
 */
public final class UnreadableRowException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Intended for Greenroom and for tests of code that catches
	 * it.
	 * @param message what was asked, what was found and what to do
	 * @param cause the cause, or {@code null} if there is none
	 */
	public UnreadableRowException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
