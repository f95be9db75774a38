package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * What Greenroom itself says to the caller of a handler. Failures of a body are not
 * wrapped in it: they arrive as they were thrown.
 */
public abstract sealed class DeferredException extends RuntimeException
		permits DeferredTimeoutException, DeferredDeadlockException, DeferredInterruptedException,
		HandlerStoppedException, MailboxFullException, DeferredTransactionException, WrongStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	DeferredException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
