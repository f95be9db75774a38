package io.greenroom.deferred.internal;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Creates the target of a handler on its owner's thread, while the calls for it wait in
 * the mailbox.
 */
final class Making {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	private final HandlerCore handler;

	private final HandlerHost host;

	private final Mailbox mailbox;

	/** Reverts what a failed target has already set. */
	private final Runnable undo;

	/** Whether the target is being made; written by the owner. */
	private volatile boolean underWay;

	Making(HandlerCore handler, HandlerHost host, Mailbox mailbox, Runnable undo) {
		this.handler = handler;
		this.host = host;
		this.mailbox = mailbox;
		this.undo = undo;
	}

	HandlerHost host() {
		return this.host;
	}

	boolean isMade() {
		return this.handler.isMade();
	}

	boolean isUnderWay() {
		return this.underWay;
	}

	/**
	 * Owner: makes the target; returns whether it did. If not, tells all callers that
	 * wait for it why.
	 */
	boolean make(CallEnds ends) {
		@Nullable Throwable failure = null;
		this.underWay = true;
		try {
			this.handler.made(this.host.make());
		}
		catch (Throwable thrown) {
			failure = thrown;
		}
		this.underWay = false;
		// Clears an interrupt that the constructor left behind.
		Thread.interrupted();
		if (failure == null) {
			answerAwaiting();
			return true;
		}
		this.undo.run();
		fail(failure, ends);
		return false;
	}

	/** Owner: discards the target. */
	void unmake() {
		this.undo.run();
		this.handler.unmade();
		ForeignCode.run(log, "The end of a handler's target", this.host::unmade);
	}

	/** Answers callers that only wait for the target, before anything else begins. */
	private void answerAwaiting() {
		int upTo = this.mailbox.gather();
		for (Call call = next(upTo); call != null; call = next(upTo)) {
			if (call.begin()) {
				call.returned(null);
			}
		}
	}

	private @Nullable Call next(int upTo) {
		return this.mailbox.take(AwaitMade.class::isInstance, upTo);
	}

	private void fail(Throwable failure, CallEnds ends) {
		int told = 0;
		int upTo = this.mailbox.gather();
		for (Call call = any(upTo); call != null; call = any(upTo)) {
			if (call.fail(failure)) {
				told++;
				this.handler.reports().threw(call, this.handler.reports().now(), failure, true);
				ends.ran();
			}
			else {
				ends.passed(call);
			}
		}
		if (told == 0) {
			Failures.log(log, Level.WARN, failure,
					"The target of {} could not be made, and no caller waits for it any more", this.handler.name());
		}
	}

	private @Nullable Call any(int upTo) {
		return this.mailbox.take((call) -> true, upTo);
	}

	/** Counts what becomes of calls. */
	interface CallEnds {

		/** Called when a call has ended, and its caller was told. */
		void ran();

		/** Called when a call was skipped because it was over already. */
		void passed(Call call);

	}

	/** A call that only waits until there is a target. */
	static final class AwaitMade extends Call {

		private final String method;

		AwaitMade(String method) {
			super(CallMode.SYNC);
			this.method = method;
		}

		@Override
		@Nullable Object invoke() {
			return null;
		}

		@Override
		String method() {
			return this.method;
		}

		@Override
		void clear() {
		}

		@Override
		void runAsNested() {
			throw new IllegalStateException("A call that waits for the target has no body to run");
		}

	}

}
