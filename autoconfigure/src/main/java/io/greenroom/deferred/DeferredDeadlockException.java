package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * A call would never have been answered, because its handler waits, directly or through
 * others, for the caller. Thrown at once, to the caller that closed the circle; the call
 * has been withdrawn. The message names every handler, method and place in the circle.
 */
public final class DeferredDeadlockException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	DeferredDeadlockException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
