package io.greenroom.deferred;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * One call of a handler as an object: what is to be run, for whom, and how far it has
 * got. It is its own node in the {@link Mailbox}.
 * <p>
 * One word decides every race: the processor moves it from pending to running and to its
 * end, a caller who gives up moves it from pending to withdrawn, and whoever comes second
 * sees it. The other fields are handed over with the word or with the mailbox.
 */
abstract class Call {

	private static final int PENDING = 0;

	private static final int RUNNING = 1;

	private static final int RETURNED = 2;

	private static final int THREW = 3;

	private static final int WITHDRAWN = 4;

	private static final int PHASE = 7;

	/** The caller sleeps and must be woken. */
	private static final int PARKED = 8;

	/** The caller has left while the body runs. */
	private static final int ABANDONED = 16;

	private static final VarHandle STATE;
	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(Call.class, "state", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** The next call in the mailbox; see there for who may write it. */
	@Nullable Call next;

	/** The place in the processor's line; confined to the processor. */
	int order;

	/** When it was submitted, where the handler is timed. */
	long submitted;

	/** Where it was submitted, if known and needed. */
	StackWalker.@Nullable StackFrame site;

	private volatile int state;

	private final CallMode mode;

	/** The waiting thread of a sync call, the future of an async one. */
	private final @Nullable Object caller;

	/** What the body returned or threw; written before the state says so. */
	private @Nullable Object outcome;

	Call(CallMode mode) {
		this.mode = mode;
		this.caller = switch (mode) {
			case SYNC -> Thread.currentThread();
			case ASYNC -> new CallFuture(this);
			case ONEWAY -> null;
		};
	}

	/** Runs the body, on a thread that holds the handler. */
	abstract @Nullable Object invoke() throws Throwable;

	/** Returns the called method's name. */
	abstract String method();

	/** Lets go of what the body needed. */
	abstract void clear();

	final CallMode mode() {
		return this.mode;
	}

	@SuppressWarnings("unchecked")
	final CompletableFuture<@Nullable Object> future() {
		return (CompletableFuture<@Nullable Object>) java.util.Objects.requireNonNull(this.caller);
	}

	final boolean isPending() {
		return (this.state & PHASE) == PENDING;
	}

	final boolean isDone() {
		return (this.state & PHASE) > RUNNING;
	}

	/** Takes the call for running; fails if it was withdrawn or failed before. */
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

	/** Ends a running call with a result; returns whether its caller is still there. */
	final boolean returned(@Nullable Object value) {
		return end(RETURNED, value);
	}

	/** Ends a running call with a failure; returns whether its caller is still there. */
	final boolean threw(Throwable failure) {
		return end(THREW, failure);
	}

	private boolean end(int phase, @Nullable Object result) {
		this.outcome = result;
		int seen = (int) STATE.getAndSet(this, phase);
		if ((seen & PARKED) != 0) {
			LockSupport.unpark((Thread) this.caller);
		}
		return (seen & ABANDONED) == 0;
	}

	/**
	 * Fails the call if it has not begun; its caller is told. Returns whether it had not.
	 */
	final boolean fail(Throwable failure) {
		if (!begin()) {
			return false;
		}
		clear();
		threw(failure);
		if (this.mode == CallMode.ASYNC) {
			future().completeExceptionally(failure);
		}
		return true;
	}

	/**
	 * The caller gives up. Returns whether the call was withdrawn before it began; one
	 * that runs goes on without its caller.
	 */
	final boolean withdraw() {
		while (true) {
			int seen = this.state;
			switch (seen & PHASE) {
				case PENDING -> {
					if (STATE.compareAndSet(this, seen, WITHDRAWN)) {
						clear();
						return true;
					}
				}
				case RUNNING -> {
					if (STATE.compareAndSet(this, seen, seen | ABANDONED)) {
						return false;
					}
				}
				default -> {
					return false;
				}
			}
		}
	}

	/** Waits for the end, on the caller's thread; returns whether it came in time. */
	final boolean await(long start, long nanos) throws InterruptedException {
		// The owner often needs one turn only, and a turn costs less than being parked
		// and woken.
		Thread.yield();
		while (true) {
			int seen = this.state;
			if ((seen & PHASE) > RUNNING) {
				return true;
			}
			if ((seen & PARKED) != 0 || STATE.compareAndSet(this, seen, seen | PARKED)) {
				long left = nanos - (System.nanoTime() - start);
				if (left <= 0) {
					return false;
				}
				LockSupport.parkNanos(this, left);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
		}
	}

	/** Returns what the body threw, {@code null} if it returned. */
	final @Nullable Throwable failure() {
		return ((this.state & PHASE) == THREW) ? (Throwable) this.outcome : null;
	}

	/** Hands the result over, once. */
	final @Nullable Object takeResult() {
		Object result = this.outcome;
		this.outcome = null;
		return result;
	}

	/** A future whose cancellation withdraws the call. */
	private static final class CallFuture extends CompletableFuture<@Nullable Object> {

		private final Call call;

		CallFuture(Call call) {
			this.call = call;
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			this.call.withdraw();
			return super.cancel(mayInterruptIfRunning);
		}

		@Override
		public <U> CompletableFuture<U> newIncompleteFuture() {
			return new CompletableFuture<>();
		}

	}

}
