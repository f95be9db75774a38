package io.greenroom.durable;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * Thrown when an instance of a {@link Durable} handler would have overwritten a change
 * that was made in the meantime by another node, another application that shares the
 * tables, or manually. Nothing of the call was stored, and its transaction was rolled
 * back. The instance is discarded. The next call reads the row again, and can succeed.
 */
public final class StaleInstanceException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Intended for Greenroom and for tests of code that catches
	 * it.
	 * @param message what was asked, what was found and what to do
	 */
	public StaleInstanceException(String message) {
		super(message, null);
	}

}
