package io.greenroom.deferred;

import java.io.Serial;

/**
 * A call is declared {@link InState} of other states than its machine is in. Its body did
 * not run.
 */
public final class WrongStateException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 */
	public WrongStateException(String message) {
		super(message, null);
	}

}
