package io.greenroom.deferred.internal;

import java.time.Duration;

/**
 * Notices when the oldest call of a handler has waited for longer than a limit, and
 * reports it once until no call has. It looks from outside now and then, so a call pays
 * nothing for it. Confined to the thread that looks.
 */
final class WaitWatch {

	private final HandlerCore handler;

	private final Mailbox mailbox;

	private final Duration limit;

	private boolean reported;

	WaitWatch(HandlerCore handler, Mailbox mailbox) {
		this.handler = handler;
		this.mailbox = mailbox;
		this.limit = handler.options().waitLimit();
	}

	/** Looks how long calls have waited, and reports what is too long. */
	void look() {
		Duration age = this.mailbox.oldestAge();
		if (age.compareTo(this.limit) < 0) {
			this.reported = false;
		}
		else if (!this.reported) {
			this.reported = true;
			this.handler.reports().overdue(age, this.mailbox.size(), this.handler.holds());
		}
	}

}
