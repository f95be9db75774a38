package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.function.BooleanSupplier;

import io.greenroom.deferred.DeferredInterruptedException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.OnTimeout;
import io.greenroom.green.internal.Waits;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a sync call: waits for the outcome, and explains why if there is
 * none.
 */
final class CallWait {

	/**
	 * How many times a caller yields before it parks. The owner often needs only one
	 * turn, or two on another core, and a park with a timer costs as much as ten.
	 */
	private static final int TURNS = 3;

	private final HandlerCore handler;

	private final CallReports reports;

	private final Rejections rejections;

	private final HandlerOptions options;

	private final TransactionGuard guard;

	CallWait(HandlerCore handler, TransactionGuard guard) {
		this.guard = guard;
		this.rejections = handler.rejections();
		this.handler = handler;
		this.reports = handler.reports();
		this.options = handler.options();
	}

	/** Waits for the outcome of a queued call. */
	@Nullable Object outcome(Call call, long start, long nanos) throws Throwable {
		// On a worker, a yield would be a step of its own.
		for (int turn = Waits.isOnWorker() ? TURNS : 0; turn < TURNS; turn++) {
			Thread.yield();
			if (call.isDone()) {
				return take(call);
			}
		}
		Hold held = Hold.current();
		boolean inTime;
		try {
			inTime = (held != null) ? awaitAsHolder(held, call, start, nanos)
					: call.await(start, nanos, this.handler, null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return interrupted(call, ex);
		}
		return inTime ? take(call) : timedOut(call, start, nanos);
	}

	/** A thread that holds a handler may be waited for by the very handler it calls. */
	private boolean awaitAsHolder(Hold held, Call call, long start, long nanos) throws InterruptedException {
		Wait wait = new Wait(this.handler, call, false);
		@Nullable Wait outer = held.waiting();
		held.waitFor(wait);
		try {
			WaitGraph.breakCycle(wait);
			return call.await(start, nanos, this.handler, wait);
		}
		finally {
			held.waitFor(outer);
		}
	}

	/**
	 * Waits for room; returns whether there is a place for the call, {@code false} also
	 * if it is rejected or its outcome was decided elsewhere. The wait of a thread that
	 * holds a handler is visible to the wait-for graph, and meanwhile the thread runs
	 * calls of its own chain.
	 */
	boolean reserve(Mailbox mailbox, Call call, long nanos, BooleanSupplier rejected) throws InterruptedException {
		this.handler.checkMayWait("wait for room for", call);
		Hold held = Hold.current();
		if (held == null) {
			return mailbox.reserve(nanos, call, rejected, null);
		}
		Wait wait = new Wait(this.handler, call, true);
		@Nullable Wait outer = held.waiting();
		held.waitFor(wait);
		try {
			long start = this.handler.now();
			while (true) {
				long left = nanos - (this.handler.now() - start);
				boolean reserved = mailbox.reserve(left, call, rejected, () -> isWanted(wait));
				Call nested = wait.takeNested();
				if (nested == null) {
					return reserved;
				}
				nested.runAsNested();
				if (reserved) {
					return true;
				}
			}
		}
		finally {
			held.waitFor(outer);
		}
	}

	/**
	 * Checks the graph repeatedly, because a wait for room is a wait for whatever the
	 * processor waits for at that moment.
	 */
	private static boolean isWanted(Wait wait) {
		WaitGraph.breakCycle(wait);
		return wait.hasNested();
	}

	private @Nullable Object take(Call call) throws Throwable {
		if (call.isTold()) {
			throw this.rejections.leftRunning(call);
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
				Duration.ofNanos(this.handler.now() - start), withdrawn ? doing : "", this.guard.suspicion()), null);
	}

}
