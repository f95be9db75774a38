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

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause what caused it, if anything
	 */
	public DeferredInterruptedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
