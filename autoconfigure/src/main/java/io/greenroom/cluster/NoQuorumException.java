package io.greenroom.cluster;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * Too few nodes of the cluster can be reached, and that did not change within the
 * caller's time: the call was not made. The others may be calling the same key on their
 * side.
 */
public final class NoQuorumException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 */
	public NoQuorumException(String message) {
		super(message, null);
	}

}
