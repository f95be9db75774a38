package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the time of a call is over. The call was still queued and has been withdrawn,
 * or it runs and has been left to finish. The message says which, after how long, and
 * what the handler was doing.
 */
public final class DeferredTimeoutException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause the cause, or {@code null} if there is none
	 */
	public DeferredTimeoutException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
