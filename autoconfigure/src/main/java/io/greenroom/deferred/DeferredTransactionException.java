package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * A call that would wait for its result was made in a transaction, where that is
 * forbidden. It was not made.
 */
public final class DeferredTransactionException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause what caused it, if anything
	 */
	public DeferredTransactionException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
