package io.greenroom.keyed;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * There are as many instances of a handler by key as there may be, and none became idle
 * within the caller's time: the call was not made.
 */
public final class TooManyKeysException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 */
	public TooManyKeysException(String message) {
		super(message, null);
	}

}
