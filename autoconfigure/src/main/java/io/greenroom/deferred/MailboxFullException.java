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

	MailboxFullException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
