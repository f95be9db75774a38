package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The handler has ended or is shutting down: the call was not run, or its handler died
 * under it, with the cause.
 */
public final class HandlerStoppedException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause what caused it, if anything
	 */
	public HandlerStoppedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
