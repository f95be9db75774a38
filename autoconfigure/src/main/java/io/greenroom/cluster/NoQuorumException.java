package io.greenroom.cluster;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * Thrown when too few nodes of the cluster could be reached within the caller's time. The
 * call was not made, because the nodes on the other side may be serving the same key.
 */
public final class NoQuorumException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 */
	public NoQuorumException(String message) {
		super(message, null);
	}

}
