package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.greenroom.green.internal.Waits;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The {@link io.greenroom.deferred.ProcessingLoop} of a handler that has one: what starts
 * it, and its runs.
 */
final class UserLoop {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	private final HandlerCore handler;

	private final HandlerMethod loop;

	private final Mailbox mailbox;

	/** Whether the handler is being shut down. */
	private final BooleanSupplier closing;

	/** Whether the loop has been started. */
	private volatile boolean started;

	/** What will start the loop. */
	private volatile @Nullable LoopStart loopStart;

	/** Whether the loop runs; written by the owner. */
	private volatile boolean underWay;

	UserLoop(HandlerCore handler, HandlerMethod loop, Mailbox mailbox, BooleanSupplier closing) {
		this.handler = handler;
		this.loop = loop;
		this.mailbox = mailbox;
		this.closing = closing;
	}

	HandlerMethod method() {
		return this.loop;
	}

	boolean isStarted() {
		return this.started;
	}

	boolean isUnderWay() {
		return this.underWay;
	}

	/** Lets the loop run from now on. */
	void start() {
		this.started = true;
		this.loopStart = null;
	}

	/**
	 * Rejects a call from the thread that will start the loop, because that thread cannot
	 * wait for it.
	 */
	void rejectFromStarter(Call call) {
		LoopStart start = this.loopStart;
		if (start != null && call.mode() == CallMode.SYNC && startsWithCaller(start)) {
			throw this.handler.rejections().loopNotStarted(call, this.loop, start.remedy());
		}
	}

	private static boolean startsWithCaller(LoopStart start) {
		Hold held = Hold.current();
		Call outer = (held != null) ? held.running() : null;
		Thread caller = (outer != null) ? outer.caller() : null;
		return start.starter().test(Thread.currentThread()) || (caller != null && start.starter().test(caller));
	}

	/** Returns whether nothing is served before the current thread starts the loop. */
	boolean waitsForCaller() {
		LoopStart start = this.loopStart;
		return start != null && !this.started && startsWithCaller(start);
	}

	void startedBy(Predicate<Thread> starter, String remedy) {
		this.loopStart = new LoopStart(starter, remedy);
	}

	/** On which thread a loop starts, and what a call from there should do instead. */
	private record LoopStart(Predicate<Thread> starter, String remedy) {

	}

	/** Runs the user's loop, repeatedly as the restart policy says. */
	void run() throws Throwable {
		Restarts restarts = new Restarts(this.handler.options().restart());
		boolean again;
		do {
			again = !runOnce(restarts);
		}
		while (again && !this.closing.getAsBoolean());
	}

	/** Returns whether the loop has returned; throws if it is given up. */
	private boolean runOnce(Restarts restarts) throws Throwable {
		this.underWay = true;
		try {
			this.loop.invoke(this.handler.target(), new Object[] { this.handler.calls() });
			return true;
		}
		catch (Throwable failure) {
			Duration pause = this.closing.getAsBoolean() ? null : restarts.next(this.handler.now());
			this.handler.reports().loopFailed(failure, pause != null);
			if (pause == null) {
				throw failure;
			}
			Failures.log(log, Level.WARN, failure,
					"The processing loop of handler '{}' failed and will be restarted in {}", this.handler.name(),
					pause);
			rest(HandlerCore.nanos(pause));
			return false;
		}
		finally {
			this.underWay = false;
		}
	}

	@Override
	public String toString() {
		return "the restart of the loop of " + this.handler.name();
	}

	/**
	 * Waits before a restart, but not longer than until the handler is being shut down.
	 */
	private void rest(long nanos) {
		long start = this.handler.now();
		this.mailbox.attend(Thread.currentThread());
		long left = nanos;
		while (left > 0 && !this.closing.getAsBoolean()) {
			Waits.rest(this, left);
			// Clears an interrupt that the loop left behind; a kill has set the phase
			// first.
			Thread.interrupted();
			left = nanos - (this.handler.now() - start);
		}
	}

}
