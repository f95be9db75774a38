package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a call that waits for its result was attempted in a transaction, where that
 * is forbidden. The call was not made.
 */
public final class DeferredTransactionException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause the cause, or {@code null} if there is none
	 */
	public DeferredTransactionException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
