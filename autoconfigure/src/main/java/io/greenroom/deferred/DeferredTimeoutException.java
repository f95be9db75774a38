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

	DeferredTimeoutException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
