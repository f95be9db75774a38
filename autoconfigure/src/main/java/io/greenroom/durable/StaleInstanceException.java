package io.greenroom.durable;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * An instance of a {@link Durable} handler would have written over what somebody else has
 * written since: another node, another application with the same tables, or a hand.
 * Nothing of the call was stored, and its transaction was rolled back. The instance is
 * not used any more; the next call makes one from the row as it is now, and may well
 * succeed.
 */
public final class StaleInstanceException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 */
	public StaleInstanceException(String message) {
		super(message, null);
	}

}
