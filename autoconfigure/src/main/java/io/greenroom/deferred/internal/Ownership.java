package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

import io.greenroom.green.Parking;
import io.greenroom.green.internal.Idle;
import io.greenroom.observe.WaitedFor;
import org.jspecify.annotations.Nullable;

/** Decides which thread may run the bodies of a handler now. */
final class Ownership {

	private static final VarHandle HOLDER;
	static {
		try {
			HOLDER = MethodHandles.lookup().findVarHandle(Ownership.class, "holder", Thread.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** Stands for the owner of a handler while the owner has no thread. */
	private static final Thread RESTING = Thread.ofVirtual()
		.name("of its own, which rests")
		.inheritInheritableThreadLocals(false)
		.unstarted(() -> {
		});

	private final HandlerCore handler;

	/** The thread that may run bodies now; only the holder may give it up. */
	private volatile @Nullable Thread holder;

	/** The holder's node in the wait-for graph; written by the holder. */
	private volatile @Nullable Hold held;

	/** {@code null} if callers never run their own calls. */
	private final @Nullable CallerRuns callerRuns;

	/** Set at most once, before the first call; {@code null} for most handlers. */
	private volatile @Nullable GateControl gateControl;

	/**
	 * The threads that wait to hold the handler; always empty unless its target occupies
	 * it.
	 */
	private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

	/** Whether the target itself holds the handler; written by the holder. */
	private volatile boolean occupied;

	Ownership(HandlerCore handler, @Nullable CallerRuns callerRuns) {
		this.handler = handler;
		this.callerRuns = callerRuns;
	}

	/** Lets a gate decide when calls may run; {@code null} removes the gate. */
	void gatedBy(@Nullable GateControl gate) {
		this.gateControl = gate;
		wakeWaiting();
	}

	/** Returns the control of the gate, or {@code null} if there is no gate. */
	@Nullable GateControl gateControl() {
		return this.gateControl;
	}

	/** Returns whether a method bypasses the mailbox. */
	boolean passes(HandlerMethod method) {
		GateControl known = this.gateControl;
		return known != null && !known.gate().takes(method.method());
	}

	/**
	 * Returns what lends the handler; {@code null} if callers never run their own calls.
	 */
	@Nullable CallerRuns callerRuns() {
		return this.callerRuns;
	}

	/** Owner: takes the handler; returns {@code false} if the handler has ended. */
	boolean takeForOwner() {
		GateControl known = this.gateControl;
		return (known != null) ? known.take() : take(true);
	}

	/**
	 * Takes the handler for the current thread; returns {@code false} if the thread had
	 * it already.
	 */
	boolean take(boolean owned) {
		Thread current = Thread.currentThread();
		Thread before = (Thread) HOLDER.compareAndExchange(this, null, current);
		if (before == RESTING && owned) {
			// No other thread takes it in this state.
			this.holder = current;
			before = null;
		}
		if (before != null && before != current && !isLentToMe()) {
			throw new IllegalStateException(
					"%s is processed by thread '%s' already; one thread at a time may process it"
						.formatted(this.handler.name(), before.getName()));
		}
		if (before == null) {
			this.held = Hold.begin(this.handler, owned);
		}
		return before == null;
	}

	void release() {
		Hold mine = Objects.requireNonNull(this.held);
		this.held = null;
		mine.end();
		this.holder = null;
		if (!this.waiting.isEmpty()) {
			wakeWaiting();
		}
	}

	/** Target: takes the handler for itself, as soon as no thread holds it. */
	void occupy() throws InterruptedException {
		occupy(Long.MAX_VALUE, () -> true);
	}

	/**
	 * Target: takes the handler for itself, if it may and does in time; returns whether
	 * it did.
	 */
	boolean occupy(long nanos, BooleanSupplier may) throws InterruptedException {
		Thread current = Thread.currentThread();
		long start = this.handler.now();
		this.waiting.add(current);
		try {
			while (!HOLDER.compareAndSet(this, null, current)) {
				long left = nanos - (this.handler.now() - start);
				if (left <= 0 || !may.getAsBoolean()) {
					return false;
				}
				Parking.parkNanos(this.handler, left);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
		}
		finally {
			this.waiting.remove(current);
		}
		this.held = Hold.begin(this.handler, true);
		this.occupied = true;
		if (may.getAsBoolean()) {
			return true;
		}
		vacate();
		return false;
	}

	/** Target: gives the handler back. */
	void vacate() {
		this.occupied = false;
		release();
	}

	boolean isOccupied() {
		return this.occupied;
	}

	/**
	 * Takes the handler for one of its processors, as soon as that is allowed and no
	 * thread holds it; returns {@code false} if this is given up first. An interrupt
	 * stays set and does not cut the wait short.
	 */
	boolean takeWhen(BooleanSupplier may, BooleanSupplier givenUp) {
		Thread current = Thread.currentThread();
		Turn turn = new Turn(this.handler);
		boolean interrupted = false;
		this.waiting.add(current);
		try {
			while (!(may.getAsBoolean() && HOLDER.compareAndSet(this, null, current))) {
				if (givenUp.getAsBoolean()) {
					return false;
				}
				Parking.park(turn);
				interrupted |= Thread.interrupted();
			}
		}
		finally {
			this.waiting.remove(current);
			if (interrupted) {
				current.interrupt();
			}
		}
		this.held = Hold.begin(this.handler, true);
		return true;
	}

	/** Has waiting threads check again. */
	void wakeWaiting() {
		this.waiting.forEach(Parking::unpark);
	}

	/** Owner: gives up its thread, and keeps the handler for the next one. */
	void rest() {
		Hold mine = Objects.requireNonNull(this.held);
		this.held = null;
		mine.end();
		this.holder = RESTING;
	}

	boolean isMine() {
		return this.holder == Thread.currentThread() || isLentToMe();
	}

	private boolean isLentToMe() {
		return this.callerRuns != null && this.callerRuns.isMine();
	}

	/** Returns whether a caller runs its own call while the holder waits. */
	boolean isLent() {
		return this.callerRuns != null && this.callerRuns.held() != null;
	}

	boolean isFree() {
		return this.holder == null;
	}

	/** Returns the hold of the thread that may run bodies now. */
	@Nullable Hold held() {
		Hold lent = (this.callerRuns != null) ? this.callerRuns.held() : null;
		return (lent != null) ? lent : this.held;
	}

	/** Returns what runs now, as far as can be seen from outside. */
	@Nullable Call running() {
		Hold now = held();
		return (now != null) ? now.running() : null;
	}

	/** What a processor waits for that has given way. */
	private record Turn(HandlerCore handler) implements WaitedFor, Idle {

		@Override
		public List<Thread> heldBy() {
			return this.handler.heldBy();
		}

		@Override
		public String name() {
			return this.handler.name();
		}

	}

	/** Describes what runs now, as the end of a message. */
	String doing() {
		Call now = running();
		return (now != null) ? "; the handler was running " + now.method() : "";
	}

}
