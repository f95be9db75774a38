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
import io.greenroom.green.Parking;
import org.jspecify.annotations.Nullable;

/**
 * A thread's hold of a handler: what it runs, and what the thread waits for meanwhile.
 * The holds of one thread form a chain, innermost first. The chains of all threads are
 * the wait-for graph.
 */
@SuppressWarnings("unused") // the padding is never used
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

	/**
	 * Whether the thread is the handler's own, so that its interrupt flag belongs to the
	 * handler too.
	 */
	private final boolean owned;

	/** Whether the thread runs a read-only body, perhaps beside others. */
	private final boolean reading;

	/** Whether the thread runs its own call, for which it would otherwise wait. */
	private final boolean lent;

	private final @Nullable Hold outer;

	/** Written by the holding thread, read by threads that search for cycles. */
	private volatile @Nullable Wait wait;

	/** The calls whose bodies have let the running one in. Guarded by this. */
	private @Nullable Deque<Call> around;

	/** Those of them that must be interrupted when they go on. Guarded by this. */
	private @Nullable Set<Call> late;

	/**
	 * Whether somebody is about to interrupt what runs. Written by whoever does so, under
	 * this; the holder only reads it when a body has ended.
	 */
	private volatile boolean interrupting;

	/**
	 * The call whose body an operator has interrupted, on a thread that is not the
	 * handler's own. Written while {@link #interrupting}, and read by the holder after
	 * that.
	 */
	private @Nullable Call interrupted;

	private long g1, g2, g3, g4, g5, g6, g7, g8;

	private Hold(HandlerCore handler, boolean owned, boolean reading, boolean lent, @Nullable Hold outer) {
		this.handler = handler;
		this.thread = Thread.currentThread();
		this.owned = owned;
		this.reading = reading;
		this.lent = lent;
		this.outer = outer;
	}

	/**
	 * Returns the calls of the handler that the current thread holds.
	 * @return the calls of the innermost handler whose body this is
	 * @throws IllegalStateException if the thread does not run a body of a handler
	 */
	public static DeferredCalls calls() {
		Hold held = current();
		if (held == null) {
			throw new IllegalStateException(
					"Thread '%s' does not run a body of a handler, so it has no calls to process; call this from a body, or ask a Deferred for its calls()"
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

	/**
	 * Returns whether a call of a handler that the current thread holds comes back
	 * through the body of another one, which the thread runs instead of waiting for it.
	 */
	static boolean isCircle(HandlerCore handler) {
		boolean circle = false;
		for (Hold held = CURRENT.get(); held != null; held = held.outer) {
			if (held.handler == handler) {
				return circle;
			}
			circle |= held.lent;
		}
		return false;
	}

	/**
	 * Describes the calls of a circle that the current thread runs, from the body of a
	 * handler to a call of the same handler.
	 */
	static List<String> circle(HandlerCore handler, Call last) {
		List<String> waits = new ArrayList<>();
		String called = handler.name() + "." + last.method() + " at " + CallSite.describeHere();
		for (Hold held = CURRENT.get(); held != null; held = held.outer) {
			Call running = held.running;
			String body = held.handler.name() + ((running != null) ? "." + running.method() : "'s loop");
			waits.addFirst(body + " waits for " + called);
			called = body;
			if (held.handler == handler) {
				break;
			}
		}
		return waits;
	}

	/** Begins a hold by the current thread. */
	static Hold begin(HandlerCore handler, boolean owned) {
		return begin(handler, owned, false);
	}

	/**
	 * Begins a read-only hold by the current thread, which is one of the handler's own.
	 */
	static Hold beginReading(HandlerCore handler) {
		return begin(handler, true, true);
	}

	private static Hold begin(HandlerCore handler, boolean owned, boolean reading) {
		Hold held = new Hold(handler, owned, reading, false, CURRENT.get());
		CURRENT.set(held);
		return held;
	}

	/**
	 * Returns the hold of a caller that will run its own call on the current thread. It
	 * shows the call from the beginning, so that no observer finds a hold that runs
	 * nothing.
	 * @param last the last caller's hold of this handler, which a caller that comes again
	 * uses again: to make one is half of the cost of a call
	 */
	static Hold lent(HandlerCore handler, Call call, @Nullable Hold last) {
		Hold outer = CURRENT.get();
		Hold held = (outer == null && last != null && last.isForAnother()) ? last
				: new Hold(handler, false, false, true, outer);
		RUNNING.set(held, call);
		return held;
	}

	/**
	 * Returns whether the current thread may use this hold for another call. One that was
	 * used for more than a body is not used again, in case a full stack has kept it from
	 * being tidied up.
	 */
	private boolean isForAnother() {
		return this.thread == Thread.currentThread() && this.wait == null && this.around == null;
	}

	/** Begins a hold that was lent to the current thread. */
	void enter() {
		CURRENT.set(this);
	}

	/**
	 * Gives up a hold that was lent to the current thread, which may soon get another.
	 */
	void leave() {
		this.entering = false;
		RUNNING.setRelease(this, null);
		if (this.interrupting) {
			awaitInterrupt();
		}
		if (this.interrupted != null) {
			// Meant for the body alone.
			Thread.interrupted();
			this.interrupted = null;
		}
		CURRENT.set(this.outer);
	}

	/** Gives up the innermost hold of the current thread. */
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

	/** Returns whether the thread holds no other handler. */
	boolean isOnly() {
		return this.outer == null;
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
	 * Sets what the current thread waits for, in all its holds; {@code null} if it does
	 * not wait.
	 */
	void waitFor(@Nullable Wait now) {
		for (Hold held = this; held != null; held = held.outer) {
			held.wait = now;
		}
	}

	@Nullable Call running() {
		return this.running;
	}

	/** Holder: begins a body; returns the call that has let it in, if it is nested. */
	@Nullable Call begin(Call call) {
		Call outer = this.running;
		if (outer != null) {
			beginNested(call, outer);
			return outer;
		}
		// Other threads need not see this at once, because a wait is published after it.
		RUNNING.setRelease(this, call);
		return null;
	}

	private synchronized void beginNested(Call call, Call outer) {
		this.around = (this.around != null) ? this.around : new ArrayDeque<>();
		this.around.push(outer);
		if (Thread.interrupted()) {
			// The interrupt was meant for the outer call, which finds it when it goes on.
			interruptLater(outer);
		}
		RUNNING.setRelease(this, call);
	}

	/** Holder: ends the body of a call that is not nested, just before the call ends. */
	void end(Call call) {
		this.entering = false;
		RUNNING.setRelease(this, null);
		if (this.interrupting) {
			awaitInterrupt();
		}
	}

	/** Holder: waits until the interrupt that was meant for the ended body is set. */
	private void awaitInterrupt() {
		while (this.interrupting) {
			Thread.yield();
		}
	}

	/** Holder: ends a nested call, after which the body around it goes on. */
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
	 * Holder: clears an interrupt flag that was set for one body, so that it reaches
	 * neither the next body nor the processing thread. Must follow the end of the call,
	 * because its caller may set the flag until then.
	 * @param call the call
	 * @param before whether the flag was set before, if the thread is not the handler's
	 */
	void dropInterrupt(Call call, boolean before) {
		if (this.owned) {
			Thread.interrupted();
		}
		else {
			dropFromLent(call, before);
		}
	}

	private void dropFromLent(Call call, boolean before) {
		if ((call.wasInterrupted() || this.interrupted == call) && Thread.interrupted() && before) {
			this.thread.interrupt();
		}
		this.interrupted = null;
	}

	/** Returns whether the interrupt flag was set from outside before a body begins. */
	boolean hasForeignInterrupt() {
		return !this.owned && this.thread.isInterrupted();
	}

	/**
	 * Interrupts the body of a call whose caller gives up. A body that has let other
	 * calls in is interrupted when it goes on, because those belong to their own callers.
	 */
	@Override
	public synchronized void interrupt(Call call) {
		if (this.running == call) {
			Parking.interrupt(this.thread);
		}
		else if (this.around != null && this.around.contains(call)) {
			interruptLater(call);
		}
	}

	/**
	 * Interrupts the innermost body under way, and no other one, though nobody gives its
	 * call up. The holder pays no barrier for this: to look at its stack is one for both,
	 * so that either the end of the body is seen here, or the holder sees, when the body
	 * ends, that it is to wait. A call whose caller is about to take the handler does not
	 * run yet.
	 * @return the method of the body; {@code null} if none runs
	 */
	synchronized @Nullable String interruptRunning() {
		this.interrupting = true;
		try {
			this.thread.getStackTrace();
			Call call = this.running;
			if (call == null || call.isPending()) {
				return null;
			}
			if (!this.owned) {
				this.interrupted = call;
			}
			Parking.interrupt(this.thread);
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

	/** Returns the calls whose bodies run, innermost first. */
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
	 * Returns whether a wait for this handler may last until this thread goes on. A wait
	 * for a running call depends only on the thread that runs it.
	 */
	boolean mayDelay(Wait other) {
		Call call = other.call();
		if (other.isForRoom()) {
			// Further calls are taken out beside a reader, until the processor waits for
			// it.
			return !this.reading || this.handler.awaitsReaders();
		}
		return !call.isRunning() || !this.handler.type().hasReadOnly() || bodies().contains(call);
	}

	/**
	 * Holder: notes that the next entry into the proxy of the target is the body itself.
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
