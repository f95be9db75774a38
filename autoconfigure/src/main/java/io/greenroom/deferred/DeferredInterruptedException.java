package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The caller was interrupted while it waited for a call. The interrupt flag is set again;
 * a call that had not begun has been withdrawn.
 */
public final class DeferredInterruptedException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	DeferredInterruptedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
