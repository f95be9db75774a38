package io.greenroom.keyed;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * Thrown when a keyed handler has the maximum number of instances and none became idle
 * within the caller's time. The call was not made.
 */
public final class TooManyKeysException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Intended for Greenroom and for tests of code that catches
	 * it.
	 * @param message what was asked, what was found and what to do
	 */
	public TooManyKeysException(String message) {
		super(message, null);
	}

}
