package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.greenroom.deferred.DeferredCalls;
import org.jspecify.annotations.Nullable;

/**
 * One hold of a handler by a thread: what it runs, and what the thread waits for
 * meanwhile. Holds of one thread form a chain, innermost first; the chains of all threads
 * are the wait-for graph.
 */
@SuppressWarnings("unused") // the gap is only to be there
public final class Hold extends HoldPadding.Bodies implements Call.Runner {

	private static final ThreadLocal<@Nullable Hold> CURRENT = new ThreadLocal<>();

	private static final VarHandle RUNNING;
	static {
		try {
			RUNNING = MethodHandles.lookup().findVarHandle(Hold.class, "running", Call.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final HandlerCore handler;

	private final Thread thread;

	/** Whether the thread is the handler's own, so that its interrupt flag is too. */
	private final boolean owned;

	/** Whether the thread only reads, beside others perhaps. */
	private final boolean reading;

	private final @Nullable Hold outer;

	/** Written by the holding thread, read by those who look for cycles. */
	private volatile @Nullable Wait wait;

	/** The calls whose bodies let the running one in. Guarded by this. */
	private @Nullable Deque<Call> around;

	/** Those of them that are to be interrupted when they go on. Guarded by this. */
	private @Nullable Set<Call> late;

	/**
	 * Whether somebody is about to interrupt what runs. Written by whoever does so, under
	 * this; the holder only reads it when a body has ended.
	 */
	private volatile boolean interrupting;

	/**
	 * The call whose body an operator has interrupted. Written while
	 * {@link #interrupting}, and read by the holder after that.
	 */
	private @Nullable Call interrupted;

	private long g1, g2, g3, g4, g5, g6, g7, g8;

	private Hold(HandlerCore handler, boolean owned, boolean reading, @Nullable Hold outer) {
		this.handler = handler;
		this.thread = Thread.currentThread();
		this.owned = owned;
		this.reading = reading;
		this.outer = outer;
	}

	/**
	 * Returns the calls of the handler that the current thread holds.
	 * @return the calls of the innermost handler whose body this is
	 * @throws IllegalStateException if the thread is in no body of a handler
	 */
	public static DeferredCalls calls() {
		Hold held = current();
		if (held == null) {
			throw new IllegalStateException(
					"Thread '%s' is in no body of a handler and has no calls to process; call this from a body, or ask a Deferred for its calls()"
						.formatted(Thread.currentThread().getName()));
		}
		return held.handler().calls();
	}

	/** Returns the innermost hold of the current thread. */
	static @Nullable Hold current() {
		return CURRENT.get();
	}

	/** Returns the hold that the current thread has of a handler. */
	static @Nullable Hold of(HandlerCore handler) {
		Hold held = CURRENT.get();
		while (held != null && held.handler != handler) {
			held = held.outer;
		}
		return held;
	}

	/** The current thread holds one handler more. */
	static Hold begin(HandlerCore handler, boolean owned) {
		return begin(handler, owned, false);
	}

	/** The current thread, one of the handler's own, begins to read. */
	static Hold beginReading(HandlerCore handler) {
		return begin(handler, true, true);
	}

	private static Hold begin(HandlerCore handler, boolean owned, boolean reading) {
		Hold held = new Hold(handler, owned, reading, CURRENT.get());
		CURRENT.set(held);
		return held;
	}

	/**
	 * Makes the hold of a caller that is to run its own call on the current thread. It
	 * shows the call from the beginning, so that nobody who looks finds nothing to run.
	 */
	static Hold lent(HandlerCore handler, Call call) {
		Hold held = new Hold(handler, false, false, CURRENT.get());
		RUNNING.set(held, call);
		return held;
	}

	/** The current thread begins a hold it was lent. */
	void enter() {
		CURRENT.set(this);
	}

	/** The current thread gives up a hold it was lent; soon it may have another. */
	void leave() {
		RUNNING.setRelease(this, null);
		while (this.interrupting) {
			Thread.yield();
		}
		if (this.interrupted != null) {
			// Meant for the body alone.
			Thread.interrupted();
		}
		CURRENT.set(this.outer);
	}

	/** The current thread gives its innermost hold up. */
	void end() {
		if (this.outer == null) {
			CURRENT.remove();
		}
		else {
			CURRENT.set(this.outer);
		}
	}

	HandlerCore handler() {
		return this.handler;
	}

	Thread thread() {
		return this.thread;
	}

	boolean isReading() {
		return this.reading;
	}

	@Nullable Wait waiting() {
		return this.wait;
	}

	/**
	 * Says for all holds of the current thread what it waits for now; {@code null} for
	 * nothing.
	 */
	void waitFor(@Nullable Wait now) {
		for (Hold held = this; held != null; held = held.outer) {
			held.wait = now;
		}
	}

	@Nullable Call running() {
		return this.running;
	}

	/** Holder: a body begins; returns the one that lets it in, if it is nested. */
	@Nullable Call begin(Call call) {
		Call outer = this.running;
		if (outer != null) {
			beginNested(call, outer);
			return outer;
		}
		// Those who look need no more than to see it in the end: who waits says so after.
		RUNNING.setRelease(this, call);
		return null;
	}

	private synchronized void beginNested(Call call, Call outer) {
		this.around = (this.around != null) ? this.around : new ArrayDeque<>();
		this.around.push(outer);
		if (Thread.interrupted()) {
			// Meant for the outer one, which finds it when it goes on.
			interruptLater(outer);
		}
		RUNNING.setRelease(this, call);
	}

	/** Holder: a body that nothing is round has ended; its call is about to. */
	void end(Call call) {
		this.entering = false;
		RUNNING.setRelease(this, null);
		while (this.interrupting) {
			Thread.yield();
		}
	}

	/** Holder: a nested call has ended, and the body round it goes on. */
	synchronized void endNested(Call call, Call outer) {
		this.entering = false;
		Objects.requireNonNull(this.around).pop();
		dropInterrupt(call, false);
		RUNNING.setRelease(this, outer);
		if (this.late != null && this.late.remove(outer)) {
			this.thread.interrupt();
		}
	}

	/**
	 * Holder: a flag set for one body must not reach the next, nor the processing thread.
	 * After the call has ended, for until then its caller may set it.
	 * @param call the call
	 * @param before whether the flag of a thread that is not the handler's was set before
	 */
	void dropInterrupt(Call call, boolean before) {
		if (this.owned) {
			Thread.interrupted();
		}
		else if ((call.wasInterrupted() || this.interrupted == call) && Thread.interrupted() && before) {
			this.thread.interrupt();
		}
		if (this.interrupted != null) {
			this.interrupted = null;
		}
	}

	/** Returns whether the interrupt flag was set from outside before a body begins. */
	boolean hasForeignInterrupt() {
		return !this.owned && this.thread.isInterrupted();
	}

	/**
	 * Interrupts the body of a call whose caller gives up. One that has let others in is
	 * interrupted when it goes on: they belong to their own callers.
	 */
	@Override
	public synchronized void interrupt(Call call) {
		if (this.running == call) {
			this.thread.interrupt();
		}
		else if (this.around != null && this.around.contains(call)) {
			interruptLater(call);
		}
	}

	/**
	 * Interrupts the innermost body under way, and no other one, though nobody gives its
	 * call up. The holder pays no barrier for this: to look at its stack is one for both,
	 * so that either the end of the body is seen here, or the holder sees, when the body
	 * ends, that it is to wait.
	 * @return the method of the body; {@code null} if none runs
	 */
	synchronized @Nullable String interruptRunning() {
		this.interrupting = true;
		try {
			this.thread.getStackTrace();
			Call call = this.running;
			if (call == null) {
				return null;
			}
			this.interrupted = call;
			this.thread.interrupt();
			return call.method();
		}
		finally {
			this.interrupting = false;
		}
	}

	private void interruptLater(Call call) {
		this.late = (this.late != null) ? this.late : new HashSet<>();
		this.late.add(call);
	}

	/** Returns the calls whose bodies are under way, innermost first. */
	synchronized List<Call> bodies() {
		List<Call> bodies = new ArrayList<>();
		Call innermost = this.running;
		if (innermost != null) {
			bodies.add(innermost);
		}
		if (this.around != null) {
			bodies.addAll(this.around);
		}
		return bodies;
	}

	/**
	 * Returns whether a wait for this handler may have to last for as long as this thread
	 * does not go on: for a call that runs, that is the thread which runs it only.
	 */
	boolean mayDelay(Wait other) {
		Call call = other.call();
		if (other.isForRoom()) {
			// Others are taken out beside a reader, until one is waited for.
			return !this.reading || this.handler.awaitsReaders();
		}
		return !call.isRunning() || !this.handler.type().hasReadOnly() || bodies().contains(call);
	}

	/**
	 * Says that the next entry into the proxy of the target is the body itself. Holder
	 * only.
	 */
	static void aboutToEnter(HandlerCore handler) {
		Hold held = of(handler);
		if (held != null) {
			held.entering = true;
		}
	}

	/** Returns whether this entry into the target's proxy is the body itself; once. */
	boolean takeEntry() {
		boolean entry = this.entering;
		this.entering = false;
		return entry;
	}

}
