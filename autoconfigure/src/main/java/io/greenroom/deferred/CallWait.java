package io.greenroom.deferred;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a sync call: waits for the outcome, and says why when there is
 * none.
 */
final class CallWait {

	/**
	 * How many turns a caller gives to others before it parks. The owner often needs one
	 * only, or two on another core; and a park with a timer costs as much as ten.
	 */
	private static final int TURNS = 3;

	private final Handler handler;

	private final CallReports reports;

	private final Refusals refusals;

	private final HandlerOptions options;

	private final TransactionGuard guard;

	CallWait(Handler handler, CallReports reports, Refusals refusals, HandlerOptions options, TransactionGuard guard) {
		this.guard = guard;
		this.refusals = refusals;
		this.handler = handler;
		this.reports = reports;
		this.options = options;
	}

	/** Waits for the outcome of a queued call. */
	@Nullable Object outcome(Call call, long start, long nanos) throws Throwable {
		for (int turn = 0; turn < TURNS; turn++) {
			Thread.yield();
			if (call.isDone()) {
				return take(call);
			}
		}
		Held held = Held.current();
		boolean inTime;
		try {
			inTime = (held != null) ? awaitAsHolder(held, call, start, nanos) : call.await(start, nanos, null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return interrupted(call, ex);
		}
		return inTime ? take(call) : timedOut(call, start, nanos);
	}

	/** A holder that waits may be waited for: by the very handler it calls. */
	private boolean awaitAsHolder(Held held, Call call, long start, long nanos) throws InterruptedException {
		Wait wait = new Wait(this.handler, call);
		@Nullable Wait outer = held.waiting();
		held.waitFor(wait);
		try {
			WaitGraph.breakCycle(wait);
			return call.await(start, nanos, wait);
		}
		finally {
			held.waitFor(outer);
		}
	}

	/**
	 * Waits for room as a holder does: in sight of the others. Throws where it would
	 * never come.
	 */
	boolean reserve(Mailbox mailbox, Call call, long nanos) throws InterruptedException {
		Held held = Held.current();
		if (held == null) {
			return mailbox.reserve(nanos, call);
		}
		Wait wait = new Wait(this.handler, call);
		@Nullable Wait outer = held.waiting();
		held.waitFor(wait);
		try {
			WaitGraph.breakCycle(wait);
			boolean reserved = mailbox.reserve(nanos, call);
			if (call.failure() instanceof DeferredDeadlockException deadlock) {
				throw deadlock;
			}
			return reserved;
		}
		finally {
			held.waitFor(outer);
		}
	}

	private @Nullable Object take(Call call) throws Throwable {
		if (call.isTold()) {
			throw this.refusals.leftRunning(call);
		}
		Throwable failure = call.failure();
		if (failure != null) {
			throw CalledFrom.here(failure, this.handler.name(), call.method());
		}
		return call.takeResult();
	}

	private @Nullable Object interrupted(Call call, InterruptedException cause) throws Throwable {
		Call.Leaving leaving = call.leave(this.options.onTimeout() == OnTimeout.INTERRUPT);
		if (leaving == Call.Leaving.TOO_LATE) {
			return take(call);
		}
		boolean withdrawn = (leaving == Call.Leaving.WITHDRAWN);
		this.reports.gaveUp(call, withdrawn);
		throw new DeferredInterruptedException("Interrupted while waiting for %s.%s; the call %s".formatted(
				this.handler.name(), call.method(), withdrawn ? "was withdrawn" : "goes on without its caller"), cause);
	}

	private @Nullable Object timedOut(Call call, long start, long nanos) throws Throwable {
		String doing = this.handler.doing();
		boolean interrupt = this.options.onTimeout() == OnTimeout.INTERRUPT;
		Call.Leaving leaving = call.leave(interrupt);
		if (leaving == Call.Leaving.TOO_LATE) {
			return take(call);
		}
		boolean withdrawn = (leaving == Call.Leaving.WITHDRAWN);
		this.reports.gaveUp(call, withdrawn);
		String fate = withdrawn ? "still queued and has been withdrawn"
				: interrupt ? "running and has been interrupted" : "running and has been left to finish";
		throw new DeferredTimeoutException("%s.%s did not answer within %s: it was %s after %s%s%s".formatted(
				this.handler.name(), call.method(), Duration.ofNanos(nanos), fate,
				Duration.ofNanos(System.nanoTime() - start), withdrawn ? doing : "", this.guard.suspicion()), null);
	}

}
