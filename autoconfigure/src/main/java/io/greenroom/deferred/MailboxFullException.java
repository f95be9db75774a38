package io.greenroom.deferred;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a call found no room in the mailbox, at once or within its time, depending on
 * the handler's overflow policy.
 */
public final class MailboxFullException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message what was asked, what was found and what to do
	 * @param cause the cause, or {@code null} if there is none
	 */
	public MailboxFullException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
