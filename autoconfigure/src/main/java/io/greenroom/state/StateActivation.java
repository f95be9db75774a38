package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;

import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import org.jspecify.annotations.Nullable;

/** One stay of a machine in a state. */
final class StateActivation implements StateHandle {

	/**
	 * The first pause before a timeout that had no effect is repeated, in milliseconds.
	 */
	private static final long FIRST_PAUSE = 100;

	private static final long LAST_PAUSE = 10_000;

	private final StateMachine machine;

	private final StateSpec state;

	/**
	 * The arguments until the body begins, because a machine at rest must not keep
	 * objects alive.
	 */
	private @Nullable Object @Nullable [] args;

	/** Written under the machine's lock before publication. */
	private @Nullable Instant since;

	/** The same in monotonic time. */
	private long sinceNanos;

	/** The body's thread while the body runs. Written by that thread under the lock. */
	private volatile @Nullable Thread thread;

	/** Whether the thread is inside the body proper. Confined to the body's thread. */
	private boolean inside;

	/** Created on first use. Confined to the body's thread. */
	private @Nullable Unwinding unwinding;

	private volatile boolean started;

	private volatile boolean ended;

	/** Whether its thread could not be started. Written under the machine's lock. */
	private volatile boolean givenUp;

	/** Whether the machine was stopped in this state. Guarded by the machine's lock. */
	private boolean stopping;

	/** Guarded by the machine's lock. */
	private StateTimers.@Nullable Timer<StateActivation> timer;

	/**
	 * How many nested visitors the body's thread runs. Written by that thread under the
	 * machine's lock.
	 */
	private int visitors;

	/** Whether the body was interrupted during a visit. Guarded by the machine's lock. */
	private boolean interruptLater;

	/**
	 * Whether the body was interrupted for a move that was given up since, and the
	 * interrupt may still be pending. Guarded by the machine's lock.
	 */
	private boolean interruptWithdrawn;

	/** How often the timeout has fired without effect. Guarded by the machine's lock. */
	private int overdue;

	/** What the boundary returned when the body began. Confined to the body's thread. */
	private @Nullable Object begun;

	/**
	 * Whether the body proper has ended, so that the code around it must not be
	 * interrupted. Guarded by the machine's lock.
	 */
	private boolean shielded;

	/** Whether a visitor has moved the machine. Confined to the body's thread. */
	private boolean movedByVisitor;

	StateActivation(StateMachine machine, StateSpec state, @Nullable Object[] args) {
		this.machine = machine;
		this.state = state;
		this.args = args;
	}

	@Override
	public StateMachine machine() {
		return this.machine;
	}

	@Override
	public String state() {
		return this.state.name();
	}

	@Override
	public boolean isStarted() {
		return this.started;
	}

	@Override
	public boolean isEnded() {
		return this.ended;
	}

	StateSpec spec() {
		return this.state;
	}

	void enteredAt(Instant now, long nanos) {
		this.since = now;
		this.sinceNanos = nanos;
	}

	/** Marks the body as ended before this process. */
	void endedBefore() {
		this.started = true;
		this.ended = true;
		this.args = null;
	}

	@Nullable Instant since() {
		return this.since;
	}

	/** Returns how long it has lasted, in monotonic time. */
	Duration spent(long nanos) {
		return (this.since != null) ? Duration.ofNanos(Math.max(0, nanos - this.sinceNanos)) : Duration.ZERO;
	}

	/** Called under the lock. */
	void watchedBy(StateTimers.Timer<StateActivation> deadline) {
		this.timer = deadline;
	}

	/** Called under the lock. */
	void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	/**
	 * Keeps the body from beginning, because its thread could not be started; returns
	 * whether that was in time, because a start may fail and still take place. Called
	 * under the lock.
	 */
	boolean giveUp() {
		this.givenUp = !this.started;
		return this.givenUp;
	}

	/** Returns whether only the thread that could not start it ends it. */
	boolean isGivenUp() {
		return this.givenUp;
	}

	/** Begins the body on the current thread. Called under the lock. */
	void begin() {
		this.started = true;
		this.thread = Thread.currentThread();
	}

	/**
	 * Ends the body. Called under the lock. No interrupt comes from the machine
	 * afterwards.
	 */
	void end() {
		if (isOnBodyThread()) {
			// The interrupt was meant for the body, not for what this thread does next.
			Thread.interrupted();
		}
		this.ended = true;
		this.thread = null;
		this.args = null;
	}

	/** Returns the pause before a timeout without effect is repeated. */
	Duration overdueAgain() {
		long pause = Math.min(FIRST_PAUSE << Math.min(this.overdue, 20), LAST_PAUSE);
		this.overdue++;
		return Duration.ofMillis(pause);
	}

	/** Returns whether the timeout has fired without effect. Called under the lock. */
	boolean isOverdue() {
		return this.overdue > 0;
	}

	/**
	 * Withdraws an interrupt as far as possible. No thread can clear the flag of another,
	 * so the body's thread does when it comes here next. Called under the lock.
	 */
	void withdrawInterrupt() {
		this.interruptWithdrawn = true;
	}

	/** Returns whether the interrupt of the body has been withdrawn. */
	boolean isInterruptWithdrawn() {
		return this.interruptWithdrawn && !isKilled();
	}

	/** Body's thread: clears a withdrawn interrupt. Called under the lock. */
	void dropWithdrawnInterrupt() {
		if (this.interruptWithdrawn) {
			this.interruptWithdrawn = false;
			this.interruptLater = false;
			if (!isKilled()) {
				Thread.interrupted();
			}
		}
	}

	private static boolean isKilled() {
		GreenThread<?> current = GreenThread.current();
		return current != null && current.state() == GreenThread.State.KILLED;
	}

	/** Interrupts a running body. Called under the lock, so it is never too late. */
	void interrupt() {
		this.interruptWithdrawn = false;
		Thread running = this.thread;
		if (this.visitors > 0 || this.shielded) {
			this.interruptLater = true;
		}
		else if (running != null) {
			Parking.interrupt(running);
		}
	}

	/**
	 * Body's thread: from now on, an interrupt of the body comes too late, because the
	 * code around it stores its results. Called under the lock.
	 */
	void shield() {
		this.shielded = true;
		if (!isKilled()) {
			this.interruptLater |= Thread.interrupted();
		}
	}

	/** Body's thread: notes that the body runs once more. Called under the lock. */
	void unshield() {
		this.shielded = false;
		if (this.interruptLater) {
			this.interruptLater = false;
			Thread.currentThread().interrupt();
		}
	}

	/** Body's thread: runs a visitor from now on. Called under the lock. */
	void beginVisit() {
		dropWithdrawnInterrupt();
		// An interrupt of the body is not meant for the visitor.
		this.interruptLater |= Thread.interrupted();
		this.visitors++;
	}

	/** Body's thread: ends a visit. Called under the lock. */
	void endVisit() {
		this.visitors--;
		if (this.interruptWithdrawn && this.interruptLater) {
			// It has not been seen.
			this.interruptWithdrawn = false;
			this.interruptLater = isKilled();
		}
		if (this.visitors == 0 && this.interruptLater) {
			this.interruptLater = false;
			Thread.currentThread().interrupt();
		}
	}

	/** Body's thread: returns whether what runs now is a visitor. */
	boolean isVisited() {
		return this.visitors > 0;
	}

	void begun(@Nullable Object mark) {
		this.begun = mark;
	}

	@Nullable Object begun() {
		return this.begun;
	}

	void movedByVisitor() {
		this.movedByVisitor = true;
	}

	boolean isMovedByVisitor() {
		return this.movedByVisitor;
	}

	/** Ends the body, or keeps it from beginning. Called under the lock. */
	void stop() {
		this.stopping = true;
		interrupt();
	}

	boolean stopping() {
		return this.stopping;
	}

	@Nullable Thread thread() {
		return this.thread;
	}

	boolean isOnBodyThread() {
		return this.thread == Thread.currentThread();
	}

	/** Returns the arguments; each attempt of an advised body gets the same. */
	@Nullable Object[] args() {
		return (this.args != null) ? this.args : new Object[0];
	}

	/** Returns whether the body proper must run now. Called on the body's thread. */
	boolean enter(int index) {
		if (this.inside || this.state.index() != index) {
			return false;
		}
		this.inside = true;
		return true;
	}

	void leave() {
		this.inside = false;
	}

	Unwinding unwind() {
		if (this.unwinding == null) {
			this.unwinding = new Unwinding(this.machine.name(), this.state.name());
		}
		return this.unwinding;
	}

	/** Returns whether a throwable only means that the body made way. */
	boolean isUnwoundBy(Throwable thrown) {
		return this.unwinding != null && this.unwinding.isBehind(thrown);
	}

}
