package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;

import io.greenroom.green.Parking;
import org.jspecify.annotations.Nullable;

/** One stay of a machine in a state. */
final class Run implements StateHandle {

	private final Machine machine;

	private final StateSpec state;

	/** The arguments until the body begins; a machine at rest keeps nobody alive. */
	private @Nullable Object @Nullable [] args;

	/** Written under the machine's lock before the run is seen by others. */
	private @Nullable Instant since;

	/** The body's thread while the body runs. Written by that thread under the lock. */
	private volatile @Nullable Thread thread;

	/** Whether the thread is inside the body proper. Confined to the body's thread. */
	private boolean inside;

	/** Made on first use. Confined to the body's thread. */
	private @Nullable Unwinding unwinding;

	private volatile boolean started;

	private volatile boolean ended;

	/** Whether the machine was stopped in this state. Guarded by the machine's lock. */
	private boolean stopping;

	/** Guarded by the machine's lock. */
	private Deadlines.@Nullable Timer<Run> timer;

	/**
	 * How many visitors, one inside the other, the body's thread runs. Written by that
	 * thread under the machine's lock.
	 */
	private int visitors;

	/** Whether the body was interrupted during a visit. Guarded by the machine's lock. */
	private boolean interruptLater;

	/** What the boundary said when the body began. Confined to the body's thread. */
	private @Nullable Object begun;

	/** Whether a visitor has moved the machine. Confined to the body's thread. */
	private boolean movedByVisitor;

	Run(Machine machine, StateSpec state, @Nullable Object[] args) {
		this.machine = machine;
		this.state = state;
		this.args = args;
	}

	@Override
	public Machine machine() {
		return this.machine;
	}

	@Override
	public String state() {
		return this.state.name();
	}

	@Override
	public boolean started() {
		return this.started;
	}

	@Override
	public boolean ended() {
		return this.ended;
	}

	StateSpec spec() {
		return this.state;
	}

	void enteredAt(Instant now) {
		this.since = now;
	}

	@Nullable Instant since() {
		return this.since;
	}

	Duration spent(Instant now) {
		Duration spent = (this.since != null) ? Duration.between(this.since, now) : Duration.ZERO;
		return spent.isNegative() ? Duration.ZERO : spent;
	}

	/** Called under the lock. */
	void watchedBy(Deadlines.Timer<Run> deadline) {
		this.timer = deadline;
	}

	/** Called under the lock. */
	void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	/** Begins the body on the current thread. Called under the lock. */
	void begin() {
		this.started = true;
		this.thread = Thread.currentThread();
	}

	/**
	 * Ends the body. Called under the lock; no interrupt comes from the machine after it.
	 */
	void end() {
		if (isOnBodyThread()) {
			// Whoever interrupted meant the body; what this thread does next is not it.
			Thread.interrupted();
		}
		this.ended = true;
		this.thread = null;
		this.args = null;
	}

	/** Interrupts a running body. Called under the lock, so never too late. */
	void interrupt() {
		Thread running = this.thread;
		if (this.visitors > 0) {
			this.interruptLater = true;
		}
		else if (running != null) {
			Parking.interrupt(running);
		}
	}

	/** Body's thread: runs a visitor from now on. Called under the lock. */
	void beginVisit() {
		// An interrupt of the body is not the visitor's.
		this.interruptLater |= Thread.interrupted();
		this.visitors++;
	}

	/** Body's thread: the visitor has ended. Called under the lock. */
	void endVisit() {
		this.visitors--;
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

	boolean isOnBodyThread() {
		return this.thread == Thread.currentThread();
	}

	/** Returns the arguments; each attempt of an advised body gets the same. */
	@Nullable Object[] args() {
		return (this.args != null) ? this.args : new Object[0];
	}

	/** Returns whether the body proper is to run now. Called on the body's thread. */
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

	/** Returns whether a throwable says no more than that the body made way. */
	boolean isUnwoundBy(Throwable thrown) {
		return this.unwinding != null && this.unwinding.isBehind(thrown);
	}

}
