package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The handler has ended or is shutting down: the call was not run, or its handler died
 * under it, with the cause.
 */
public final class HandlerStoppedException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	HandlerStoppedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
