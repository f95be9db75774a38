package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The time of a call was over: it was still queued and has been withdrawn, or it runs and
 * has been left to finish. The message says which, for how long, and what the handler was
 * doing.
 */
public final class DeferredTimeoutException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause what caused it, if anything
	 */
	public DeferredTimeoutException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
