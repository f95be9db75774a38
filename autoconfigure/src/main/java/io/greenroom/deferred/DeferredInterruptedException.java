package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the caller was interrupted while it waited for a call. The interrupt flag is
 * set again, and a call that had not begun has been withdrawn.
 */
public final class DeferredInterruptedException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause the cause, or {@code null} if there is none
	 */
	public DeferredInterruptedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
