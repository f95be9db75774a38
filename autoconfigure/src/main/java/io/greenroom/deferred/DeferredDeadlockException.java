package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * A call would never have been answered, because its handler waits, directly or through
 * others, for the caller. Thrown at once, to the caller that closed the circle; the call
 * has been withdrawn. The message names every handler, method and place in the circle.
 */
public final class DeferredDeadlockException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause what caused it, if anything
	 */
	public DeferredDeadlockException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
