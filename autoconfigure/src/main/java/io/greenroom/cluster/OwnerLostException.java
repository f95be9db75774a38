package io.greenroom.cluster;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * The node that had a key left the cluster while a call of that key was there, and
 * nothing tells whether the body has run: it may have, in part too. Calls of durable
 * handlers, and those that only read, are made again instead, on the node that has the
 * key next.
 */
public final class OwnerLostException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 */
	public OwnerLostException(String message) {
		super(message, null);
	}

}
