package io.greenroom.deferred;

import java.io.Serial;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The superclass of the exceptions that Greenroom itself throws to the caller of a
 * handler. A failure of a body is not wrapped: it arrives as it was thrown. Other parts
 * of Greenroom add subclasses, so code that distinguishes them needs a branch for the
 * rest.
 */
public abstract class DeferredException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. For subclasses in Greenroom only.
	 * @param message what was asked, what was found and what to do
	 * @param cause the cause, or {@code null} if there is none
	 */
	protected DeferredException(String message, @Nullable Throwable cause) {
		super(Objects.requireNonNull(message, "message"), cause);
	}

}
