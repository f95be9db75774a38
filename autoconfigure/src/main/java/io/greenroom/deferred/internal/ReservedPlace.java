package io.greenroom.deferred.internal;

import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.observe.internal.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A call that has room reserved in the mailbox. */
final class ReservedPlace implements ReservedCall {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	private final String handler;

	private final Call call;

	private final Mailbox mailbox;

	private final HandlerEnding ending;

	private final AtomicBoolean over = new AtomicBoolean();

	ReservedPlace(String handler, Call call, Mailbox mailbox, HandlerEnding ending) {
		this.handler = handler;
		this.call = call;
		this.mailbox = mailbox;
		this.ending = ending;
	}

	/** If the handler has ended meanwhile, the call is reported as lost. */
	@Override
	public void submit() {
		if (!this.over.compareAndSet(false, true)) {
			return;
		}
		try {
			this.call.submitted = this.mailbox.now();
			if (!this.mailbox.push(this.call)) {
				lost();
			}
		}
		catch (Throwable failure) {
			Failures.log(log, Level.ERROR, failure, "{} was not run, although its transaction has committed", this);
		}
	}

	private void lost() {
		// Logged first, because a listener of the call's end may fail.
		log.error(
				"{} was not run: its transaction has committed, but the handler had ended by then; it was submitted at {}",
				this, CallSite.describe(this.call.site()));
		this.ending.leave(this.call);
	}

	@Override
	public void giveBack() {
		if (!this.over.compareAndSet(false, true)) {
			return;
		}
		try {
			this.call.leave(false);
		}
		catch (Throwable failure) {
			Failures.log(log, Level.WARN, failure, "{} was not made, and a listener that was told of it failed", this);
		}
		finally {
			this.mailbox.unreserve();
		}
	}

	/** Returns the names of the handler and the method. */
	@Override
	public String toString() {
		return this.handler + "." + this.call.method();
	}

}
