package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.greenroom.deferred.InState;
import io.greenroom.green.Parking;
import io.greenroom.green.internal.Waits;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.WaitedFor;
import org.jspecify.annotations.Nullable;

/**
 * One call of a handler as an object: what to run, for whom, and how far it has got. It
 * is its own node in the {@link Mailbox}.
 * <p>
 * One word decides every race. The processor moves it from pending to running and to its
 * end. A caller that gives up moves it from pending to withdrawn. The later of the two
 * sees what the other did. The other fields are handed over with the word or with the
 * mailbox.
 */
abstract class Call {

	private static final int PENDING = 0;

	/** Being failed before it began, by a thread that is not its runner. */
	private static final int FAILING = 1;

	private static final int RUNNING = 2;

	private static final int RETURNED = 3;

	private static final int THREW = 4;

	private static final int WITHDRAWN = 5;

	/** The handler was stopped while the body ran, and the caller was told. */
	private static final int TOLD = 6;

	private static final int PHASE = 7;

	/** The caller sleeps and must be woken. */
	private static final int PARKED = 8;

	/** The caller has left while the body runs. */
	private static final int ABANDONED = 16;

	/**
	 * The caller is about to interrupt the body's thread, and the call's end waits for
	 * that.
	 */
	private static final int INTERRUPTING = 32;

	/** Run by its own caller, without a time limit. */
	private static final int UNTIMED = 128;

	/** Withdrawn, and counted as such. */
	private static final int COUNTED = 64;

	/** The body's thread was interrupted because the caller left. Never cleared. */
	private static final int INTERRUPTED = 256;

	/**
	 * The submission time of a call that was submitted without reading the clock.
	 */
	static final long NO_TIME = 0;

	private static final VarHandle STATE;

	private static final VarHandle HOLD;
	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(Call.class, "state", int.class);
			HOLD = MethodHandles.lookup().findVarHandle(Call.class, "hold", Runner.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** The next call in the mailbox, which says who may write it. */
	@Nullable Call next;

	/** The place in the processor's line; confined to the processor. */
	int order;

	/**
	 * When it was submitted; {@link #NO_TIME} until the mailbox reads the clock for many
	 * calls at once.
	 */
	long submitted;

	/**
	 * When the caller's time is over, in the handler's time; set for sync calls.
	 */
	long deadline;

	private volatile int state;

	/**
	 * The thread of a sync call, the future of an async call, or the call site of a
	 * oneway call if known.
	 */
	private @Nullable Object origin;

	/**
	 * The hold that runs the call; written by its runner soon after the state says
	 * running.
	 */
	@SuppressWarnings("UnusedVariable") // by HOLD only
	private @Nullable Runner hold;

	/**
	 * What the body returned or threw; written before the state says so. Until the body
	 * begins, the context in which it will run: a shared field keeps the node small.
	 */
	private @Nullable Object outcome;

	Call(CallMode mode) {
		this.origin = switch (mode) {
			case SYNC -> Thread.currentThread();
			case ASYNC, ONEWAY -> null;
		};
	}

	/** Runs the body, on a thread that holds the handler. */
	abstract @Nullable Object invoke() throws Throwable;

	/** Returns the called method's name. */
	abstract String method();

	/** Returns the thread that waits for a sync call. */
	final @Nullable Thread caller() {
		return (this.origin instanceof Thread thread) ? thread : null;
	}

	/** Returns whether the call overtakes others in the mailbox. */
	boolean isUrgent() {
		return false;
	}

	/** Returns whether the body may run beside others of its kind. */
	boolean isReadOnly() {
		return false;
	}

	/**
	 * Returns whether the future is that of the body's own future, where it returns one.
	 */
	boolean isFlat() {
		return true;
	}

	/** Returns in which states the body may run, {@code null} if in any. */
	@Nullable InState required() {
		return null;
	}

	/**
	 * Sets the future that the caller of an async call has got; once, before the call is
	 * made.
	 */
	final void answeredBy(CompletableFuture<@Nullable Object> future) {
		this.origin = future;
	}

	/** Lets go of what the body needed. */
	abstract void clear();

	final CallMode mode() {
		Object from = this.origin;
		return (from instanceof Thread) ? CallMode.SYNC
				: (from instanceof CompletableFuture<?>) ? CallMode.ASYNC : CallMode.ONEWAY;
	}

	@SuppressWarnings("unchecked")
	final CompletableFuture<@Nullable Object> future() {
		return (CompletableFuture<@Nullable Object>) Objects.requireNonNull(this.origin);
	}

	/** Returns how long ago it was submitted, in the handler's time. */
	final Duration age(long now) {
		long since = this.submitted;
		return (since != NO_TIME) ? Duration.ofNanos(now - since) : Duration.ZERO;
	}

	/** Sets where a oneway call comes from, before it is queued. */
	final void submittedAt(StackWalker.@Nullable StackFrame site) {
		this.origin = site;
	}

	final StackWalker.@Nullable StackFrame site() {
		return (this.origin instanceof StackWalker.StackFrame site) ? site : null;
	}

	/** Sets the caller's context for the body, before the call is queued. */
	final void carry(ContextCarrier.Snapshot context) {
		this.outcome = context;
	}

	/** Runner: takes the caller's context, once. */
	final ContextCarrier.@Nullable Snapshot takeContext() {
		Object context = this.outcome;
		this.outcome = null;
		return (ContextCarrier.Snapshot) context;
	}

	final boolean isPending() {
		return (this.state & PHASE) == PENDING;
	}

	final boolean isRunning() {
		return (this.state & PHASE) == RUNNING;
	}

	final boolean isDone() {
		return (this.state & PHASE) > RUNNING;
	}

	/**
	 * Takes the call for running; returns {@code false} if it was withdrawn or failed
	 * before.
	 */
	final boolean begin() {
		while (true) {
			int seen = this.state;
			if ((seen & PHASE) != PENDING) {
				return false;
			}
			if (STATE.compareAndSet(this, seen, seen | RUNNING)) {
				return true;
			}
		}
	}

	/**
	 * Runner: sets the hold that the body runs under. Must follow {@link #begin()},
	 * because a caller that leaves may wait to interrupt the body.
	 */
	final void runBy(Runner runner) {
		HOLD.setRelease(this, runner);
	}

	/** Takes the call for running by its caller, while no other thread knows it. */
	final void beginOnCaller() {
		STATE.setRelease(this, RUNNING | UNTIMED);
	}

	/** Returns whether a caller waits for the body until its deadline. */
	boolean isTimed() {
		return mode() == CallMode.SYNC && (this.state & UNTIMED) == 0;
	}

	/** Ends a running call with a result; returns whether its caller is still there. */
	final boolean returned(@Nullable Object value) {
		return end(RETURNED, value);
	}

	/** Ends a running call with a failure; returns whether its caller is still there. */
	final boolean threw(Throwable failure) {
		return end(THREW, failure);
	}

	/**
	 * Ends a running call that nobody waits for and nobody counts. A thread that stops
	 * the handler at this moment may still report the call as running.
	 */
	final void ended() {
		STATE.setRelease(this, RETURNED);
	}

	private boolean end(int phase, @Nullable Object result) {
		while (true) {
			int seen = this.state;
			if ((seen & INTERRUPTING) != 0) {
				Waits.spin();
				continue;
			}
			if ((seen & PHASE) == TOLD) {
				return false;
			}
			this.outcome = result;
			if (STATE.compareAndSet(this, seen, phase | (seen & INTERRUPTED))) {
				if ((seen & PARKED) != 0) {
					Parking.unpark((Thread) this.origin);
				}
				return (seen & ABANDONED) == 0;
			}
		}
	}

	/**
	 * Fails the call if it has not begun, and tells its caller; returns whether it did.
	 */
	final boolean fail(Throwable failure) {
		while (true) {
			int seen = this.state;
			if ((seen & PHASE) != PENDING) {
				return false;
			}
			if (STATE.compareAndSet(this, seen, seen | FAILING)) {
				break;
			}
		}
		clear();
		end(THREW, failure);
		if (mode() == CallMode.ASYNC) {
			future().completeExceptionally(failure);
		}
		return true;
	}

	/**
	 * Sends the caller of a running call away, because the handler was stopped; returns
	 * whether the call was running. The body may go on, and its outcome is dropped.
	 */
	final boolean tell(Throwable failure) {
		while (true) {
			int seen = this.state;
			if ((seen & PHASE) != RUNNING) {
				return false;
			}
			if ((seen & INTERRUPTING) != 0) {
				Waits.spin();
			}
			else if (STATE.compareAndSet(this, seen, TOLD | (seen & INTERRUPTED))) {
				if ((seen & PARKED) != 0) {
					Parking.unpark((Thread) this.origin);
				}
				if (mode() == CallMode.ASYNC) {
					future().completeExceptionally(failure);
				}
				return true;
			}
		}
	}

	/** Returns whether the caller was sent away while the body ran. */
	final boolean isTold() {
		return (this.state & PHASE) == TOLD;
	}

	/** Returns whether a caller that left had the body's thread interrupted. */
	final boolean wasInterrupted() {
		return (this.state & INTERRUPTED) != 0;
	}

	/** Returns whether the call was withdrawn; {@code true} only once. */
	final boolean countAsWithdrawn() {
		int seen = this.state;
		return seen == WITHDRAWN && STATE.compareAndSet(this, seen, WITHDRAWN | COUNTED);
	}

	/** What becomes of a call that its caller gives up. */
	enum Leaving {

		/** It had not begun and never will. */
		WITHDRAWN,

		/** It runs, and goes on without its caller. */
		ABANDONED,

		/** It has ended, so there is an outcome after all. */
		TOO_LATE

	}

	/** Withdraws the call if it has not begun; returns whether it did. */
	final boolean withdraw() {
		while (true) {
			int seen = this.state;
			if ((seen & PHASE) != PENDING) {
				return false;
			}
			if (STATE.compareAndSet(this, seen, WITHDRAWN)) {
				this.outcome = null;
				clear();
				return true;
			}
		}
	}

	/**
	 * Has the caller give up. A running call goes on without it, interrupted if
	 * requested.
	 */
	final Leaving leave(boolean interrupt) {
		while (true) {
			int seen = this.state;
			switch (seen & PHASE) {
				case PENDING -> {
					if (withdraw()) {
						return Leaving.WITHDRAWN;
					}
				}
				case RUNNING -> {
					int left = seen | ABANDONED;
					if (STATE.compareAndSet(this, seen, interrupt ? left | INTERRUPTING | INTERRUPTED : left)) {
						if (interrupt) {
							interruptRunner();
						}
						return Leaving.ABANDONED;
					}
				}
				case FAILING -> Waits.spin();
				default -> {
					return Leaving.TOO_LATE;
				}
			}
		}
	}

	private void interruptRunner() {
		Runner by = (Runner) HOLD.getAcquire(this);
		while (by == null) {
			Waits.spin();
			by = (Runner) HOLD.getAcquire(this);
		}
		by.interrupt(this);
		STATE.getAndBitwiseAnd(this, ~INTERRUPTING);
	}

	/**
	 * Waits for the end, on the caller's thread; returns whether it came in time.
	 * Meanwhile it runs calls of the same chain that are handed over through the wait.
	 * @param start when the wait began, in the handler's time
	 * @param handler what the thread is reported to wait for
	 */
	final boolean await(long start, long nanos, Awaited handler, @Nullable Detour detour) throws InterruptedException {
		while (true) {
			int seen = this.state;
			if ((seen & PHASE) > RUNNING) {
				return true;
			}
			Call nested = (detour != null) ? detour.takeNested() : null;
			if (nested != null) {
				nested.runAsNested();
				continue;
			}
			if ((seen & PARKED) != 0 || STATE.compareAndSet(this, seen, seen | PARKED)) {
				long left = nanos - (handler.now() - start);
				if (left <= 0) {
					return false;
				}
				Parking.parkNanos(handler, left);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
		}
	}

	/**
	 * Runs this call on a thread that holds its handler and waits further down its own
	 * chain.
	 */
	abstract void runAsNested();

	/** Returns what the body threw, or {@code null} if it returned. */
	final @Nullable Throwable failure() {
		return ((this.state & PHASE) == THREW) ? (Throwable) this.outcome : null;
	}

	/** Takes the result, once. */
	final @Nullable Object takeResult() {
		Object result = this.outcome;
		this.outcome = null;
		return result;
	}

	/** The handler of a call, as a thread sees it that waits for the call. */
	interface Awaited extends WaitedFor {

		/** Returns the time of its threads, in nanoseconds, for measuring durations. */
		long now();

	}

	/** The hold of the thread that runs a call. */
	interface Runner {

		/** Interrupts the body of a call whose caller gives up. */
		void interrupt(Call call);

	}

	/** What a caller may have to do while it waits for its call. */
	interface Detour {

		/** Returns a call that the waiting thread must run itself, once. */
		@Nullable Call takeNested();

	}

}
