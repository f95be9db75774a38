package io.greenroom.deferred;

import java.io.Serial;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What Greenroom itself says to the caller of a handler. Failures of a body are not
 * wrapped in it: they arrive as they were thrown. Further parts of Greenroom add kinds of
 * it, so a caller who tells them apart has a branch for the rest.
 */
public abstract class DeferredException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * For Greenroom's own kinds; users don't need it.
	 * @param message what was asked, what was found and what to do
	 * @param cause what caused it, if anything
	 */
	protected DeferredException(String message, @Nullable Throwable cause) {
		super(Objects.requireNonNull(message, "message"), cause);
	}

}
