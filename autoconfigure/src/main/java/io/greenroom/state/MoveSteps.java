package io.greenroom.state;

import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

import io.greenroom.green.Parking;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The steps of a machine's moves, whoever requests them: claim, check, run
 * {@code onStart}, commit, announce. Holds the move in progress.
 */
final class MoveSteps implements WaitCircle.Held {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final MachineServices services;

	private final MovingMachine machine;

	private final StateTable table;

	/** Also holds the lock. */
	private final Position position;

	/** How bodies are entered, {@code null} for directly; a body reads it once. */
	private volatile @Nullable StateEntry entry;

	/**
	 * Stores where the machine is; {@code null} for most machines. Written before the
	 * first move.
	 */
	private @Nullable Journal journal;

	/** The move in progress. Guarded by the lock. */
	private @Nullable Move move;

	MoveSteps(MachineServices services, MovingMachine machine, Position position, @Nullable StateEntry entry) {
		this.services = services;
		this.machine = machine;
		this.table = machine.table();
		this.position = position;
		this.entry = entry;
	}

	MovingMachine machine() {
		return this.machine;
	}

	StateTable table() {
		return this.table;
	}

	Position position() {
		return this.position;
	}

	@Nullable StateEntry entry() {
		return this.entry;
	}

	/** Stores everything from now on. Called before the machine is published. */
	void keptBy(Journal keeper) {
		this.journal = keeper;
	}

	/** Returns what stores where the machine is, or {@code null} if nothing does. */
	@Nullable Journal journal() {
		return this.journal;
	}

	/**
	 * Returns the move in progress. Called under the lock, or to check whether it belongs
	 * to the current thread, because only then is it stable.
	 */
	@Nullable Move move() {
		return this.move;
	}

	/** Returns whether a move is in progress. Called under the lock. */
	boolean isMoving() {
		return this.move != null;
	}

	/**
	 * Returns whether a move to a stay is in progress. Called under the lock.
	 */
	boolean isMovingTo(StateActivation next) {
		return this.move != null && this.move.next == next;
	}

	void enterBy(@Nullable StateEntry framework) {
		this.entry = framework;
	}

	/** Called under the lock. */
	void awaitOwnEnd(Move mine) {
		mine.await();
		this.position.signal();
	}

	/**
	 * Waits to move, and checks first and at intervals whether that is possible at all.
	 * Called under the lock, which it releases meanwhile.
	 * @throws IllegalStateException if it cannot, because machines wait in a circle
	 */
	boolean await(BooleanSupplier wanted, Duration limit, StateSpec to) {
		checkMayWait();
		long nanos = Durations.nanos(limit, "limit");
		long start = Parking.nanoTime();
		long pause = Position.FIRST_LOOK;
		try (WaitCircle.Wait wait = WaitCircle.begin(this,
				"to move %s to '%s'".formatted(this.machine.name(), to.name()))) {
			while (true) {
				unlocked(wait::rejectCircle);
				long left = nanos - (Parking.nanoTime() - start);
				if (this.position.awaitUninterruptibly(wanted, left, pause)) {
					return true;
				}
				if (left <= pause) {
					return false;
				}
				pause = Math.min(2 * pause, Position.LAST_LOOK);
			}
		}
	}

	void unlocked(Runnable look) {
		this.position.unlock();
		try {
			look.run();
		}
		finally {
			this.position.lock();
		}
	}

	@Override
	public @Nullable Thread heldBy() {
		this.position.lock();
		try {
			Move current = this.move;
			StateActivation last = this.position.run();
			if (current != null && current.busy != null) {
				return current.busy;
			}
			return (last != null) ? last.thread() : null;
		}
		finally {
			this.position.unlock();
		}
	}

	@Override
	public String doing(Thread thread) {
		this.position.lock();
		try {
			Move current = this.move;
			if (current != null && current.isPartOf(thread)) {
				return "%s, just moving to '%s'".formatted(this.machine.name(), current.next.state());
			}
			return "%s, in the body of '%s'".formatted(this.machine.name(), this.machine.current());
		}
		finally {
			this.position.unlock();
		}
	}

	/** Returns whether another thread may move. Called under the lock. */
	boolean isFree() {
		return this.move == null && !this.position.isStopping();
	}

	/** Called under the lock, while no move is in progress. */
	Move claim(@Nullable StateActivation from, StateSpec to, @Nullable Object[] args, boolean own) {
		Move claimed = new Move(from, new StateActivation(this.machine, to, args), own);
		this.move = claimed;
		this.position.claimed(claimed.next);
		return claimed;
	}

	/** Called under the lock. */
	void rejectWithinMove(StateSpec to) {
		Move current = this.move;
		if (current != null && current.isPartOf(Thread.currentThread())) {
			throw new IllegalStateException(
					"%s is just moving to '%s', and code that runs as part of that move can't move it to '%s'; call %3$s() from the new body or another thread"
						.formatted(this.machine.name(), current.next.state(), to.name()));
		}
	}

	/** Throws if the current thread is the one that would have to step the body. */
	void checkMayWait() {
		this.services.checkMayWait(this.machine.name());
	}

	/**
	 * Throws if the current thread runs as part of a move, whose wait for the machine
	 * would be a wait for itself. Called under the lock.
	 */
	void rejectToWait() {
		checkMayWait();
		Move current = this.move;
		if (current != null && current.isPartOf(Thread.currentThread())) {
			throw new IllegalStateException(
					"%s is just moving to '%s', and code that runs as part of that move would wait for its own end; wait in another thread"
						.formatted(this.machine.name(), current.next.state()));
		}
	}

	/** Returns whether the machine has yet to end; throws likewise if it has. */
	boolean mustWait() {
		this.position.lock();
		try {
			if (this.position.isEnd()) {
				return false;
			}
			rejectToWait();
			return true;
		}
		finally {
			this.position.unlock();
		}
	}

	IllegalTransitionException rejected(IllegalTransitionException rejection) {
		this.services.listeners().rejected(this.machine, rejection);
		return rejection;
	}

	void runOnStart(Move mine) {
		StateHandle next = mine.next;
		MethodHandle onStart = mine.next.spec().onStart();
		if (onStart == null) {
			return;
		}
		try {
			onStart.invokeExact(this.machine.target(), next, mine.next.args());
		}
		catch (Throwable thrown) {
			releaseLocked();
			throw Failures.rethrow(thrown);
		}
	}

	/** Ends the move in progress, whatever its outcome. Called under the lock. */
	void release() {
		Move ended = this.move;
		this.move = null;
		if (ended != null) {
			ended.cancelLimit();
		}
		this.position.signal();
	}

	void releaseLocked() {
		this.position.lock();
		try {
			release();
		}
		finally {
			this.position.unlock();
		}
	}

	/**
	 * Changes the state. No body runs, and no other thread may move. Called under the
	 * lock.
	 */
	StateMove commit(Move mine, Instant now) {
		long nanos = this.services.nanoTime();
		mine.take();
		mine.cancelLimit();
		mine.spent = (mine.from != null) ? mine.from.spent(nanos) : Duration.ZERO;
		Duration timeout = mine.next.spec().timeout();
		if (timeout != null) {
			watch(mine.next, timeout);
		}
		mine.next.enteredAt(now, nanos);
		return this.position.enter(mine.next, now, this.table);
	}

	/** Restores where the machine was before this process. Called under the lock. */
	void restore(StateActivation stay, Status status, @Nullable Throwable failure) {
		this.position.restore(stay, status, failure);
		this.machine.isIn(status.isEnd() && status != Status.DONE ? null : stay.state());
	}

	/** Called under the lock. */
	void watch(StateActivation activation, Duration timeout) {
		activation.cancelTimer();
		activation.watchedBy(
				this.services.deadlines().arm(this.machine.name(), timeout, activation, this.services.timeIsOver()));
	}

	/**
	 * Arms the timeout of a stay again after an attempt that has not moved the machine;
	 * returns the pause, or {@code null} if the machine is leaving anyway. Called under
	 * the lock.
	 */
	@Nullable Duration watchAgain(StateActivation late) {
		if (this.position.active() != late || late.stopping() || this.services.isClosed()) {
			return null;
		}
		Duration pause = late.overdueAgain();
		watch(late, pause);
		return pause;
	}

	void announce(Move mine, StateMove made) {
		try {
			this.services.listeners().moved(this.machine, made, mine.next.args(), mine.spent);
		}
		catch (Throwable shortage) {
			// For lack of stack or memory, between two listeners.
			Failures.log(log, Level.WARN, shortage, "Not all listeners were told of a move of {}", this.machine.name());
		}
		finally {
			releaseLocked();
		}
	}

	void settled() {
		StateEntry framework = this.entry;
		if (framework != null) {
			ForeignCode.run(log, "The entry of states", framework::settled);
		}
	}

	/** Drops the move that the body itself has requested. */
	void dropOwnMove() {
		this.position.lock();
		try {
			if (this.move != null && this.move.own) {
				release();
			}
		}
		finally {
			this.position.unlock();
		}
	}

}
