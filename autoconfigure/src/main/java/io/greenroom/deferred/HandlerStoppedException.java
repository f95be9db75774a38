package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the handler has ended or is shutting down, so that the call was not run or
 * was not waited for any longer. If the handler died, what it died of is the cause.
 */
public final class HandlerStoppedException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause the cause, or {@code null} if there is none
	 */
	public HandlerStoppedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
