package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a call would never be answered, because its handler waits, directly or
 * through others, for the caller. Thrown at once, to the caller that closed the circle;
 * the call has been withdrawn. The message names every handler, method and place in the
 * circle.
 */
public final class DeferredDeadlockException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause the cause, or {@code null} if there is none
	 */
	public DeferredDeadlockException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
