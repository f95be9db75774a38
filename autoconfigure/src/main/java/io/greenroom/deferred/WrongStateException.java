package io.greenroom.deferred;

import java.io.Serial;

/**
 * Thrown if a call is declared {@link InState} of states that its machine is not in. The
 * body did not run.
 */
public final class WrongStateException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 */
	public WrongStateException(String message) {
		super(message, null);
	}

}
