package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The call found no room in the mailbox, at once or within its time, as the handler's
 * overflow policy has it.
 */
public final class MailboxFullException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause what caused it, if anything
	 */
	public MailboxFullException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
