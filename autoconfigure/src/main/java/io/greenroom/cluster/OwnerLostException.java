package io.greenroom.cluster;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * Thrown when the owner of a key left the cluster while it had a call of that key, and it
 * is not known whether the body ran, in full or in part. Calls of durable handlers and
 * calls that only read do not end this way: they are made again on the next owner.
 */
public final class OwnerLostException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 */
	public OwnerLostException(String message) {
		super(message, null);
	}

}
