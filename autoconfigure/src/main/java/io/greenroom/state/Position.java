package io.greenroom.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import io.greenroom.green.GreenTask;
import io.greenroom.green.Parking;
import io.greenroom.green.internal.Explained;
import io.greenroom.green.internal.Waits;
import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;

/**
 * Where a machine is and how it got there, its lock, and the threads that wait for a
 * change. Changed under the lock only; fields that are read without it are volatile.
 */
final class Position {

	/**
	 * The first pause between two checks during a wait, in nanoseconds; later pauses are
	 * longer.
	 */
	static final long FIRST_LOOK = 50_000_000;

	static final long LAST_LOOK = 1_000_000_000;

	private static final @Nullable StateMove[] NO_MOVES = {};

	/**
	 * Fair, so that a machine that moves itself in a loop does not lock out a thread that
	 * stops it.
	 */
	private final ReentrantLock lock = new ReentrantLock(true);

	private final int historySize;

	/**
	 * The last moves, as a ring that grows up to the size of the history. An array of its
	 * own, because most machines make few moves, and there may be millions of them.
	 */
	private @Nullable StateMove[] history = NO_MOVES;

	/** Where the next move comes into the history, on the oldest one if that is full. */
	private int nextMove;

	/** How often each declared move was made; {@code null} before the first. */
	private int @Nullable [] counts;

	/** {@code null} if no thread waits. */
	private @Nullable List<Wait> waits;

	/** Whether a wait is over whose thread has not been woken. */
	private boolean wakes;

	/** For messages. */
	private final Object machine;

	private volatile @Nullable StateActivation run;

	private volatile Status status = Status.NEW;

	private volatile @Nullable Throwable failure;

	/**
	 * Creates the position of a new machine.
	 * @param machine the machine, for messages
	 */
	Position(int historySize, Object machine) {
		this.historySize = historySize;
		this.machine = machine;
	}

	void lock() {
		this.lock.lock();
	}

	/** Also wakes the threads whose wait is over, which then find the lock free. */
	void unlock() {
		if (!this.wakes) {
			this.lock.unlock();
			return;
		}
		this.wakes = false;
		Thread last = (this.waits != null) ? wakeAllButOne(this.waits) : null;
		this.lock.unlock();
		Parking.unpark(last);
	}

	/**
	 * Wakes the threads whose wait is over, except one, which is returned: mostly there
	 * is only one. Needs no memory, which may be what is missing.
	 */
	private static @Nullable Thread wakeAllButOne(List<Wait> waits) {
		Thread last = null;
		for (int i = 0; i < waits.size(); i++) {
			Wait wait = waits.get(i);
			if (wait.over && !wait.woken) {
				wait.woken = true;
				Parking.unpark(last);
				last = wait.thread;
			}
		}
		return last;
	}

	/**
	 * Notes which waits are over. Called under the lock at every change; their threads
	 * are woken when the lock is released.
	 */
	void signal() {
		if (this.waits != null) {
			this.waits.forEach(Wait::look);
		}
	}

	/** Returns the latest stay, even at rest and after the end. */
	@Nullable StateActivation run() {
		return this.run;
	}

	/** Returns the current stay of a machine that has started and not ended. */
	@Nullable StateActivation active() {
		return (this.status == Status.RUNNING || this.status == Status.RESTING) ? this.run : null;
	}

	Status status() {
		return this.status;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	boolean isEnd() {
		return this.status.isEnd();
	}

	/** Returns whether a stopped body has yet to end. Called under the lock. */
	boolean isStopping() {
		return this.status == Status.RUNNING && this.run != null && this.run.stopping();
	}

	/** Changes the state. Called under the lock. */
	StateMove enter(StateActivation next, Instant now, StateTable table) {
		StateActivation left = active();
		if (left != null) {
			count(table, table.edge(left.spec(), next.state()));
		}
		StateMove made = new StateMove((left != null) ? left.state() : null, next.state(), now);
		// What needs memory comes first, so that the machine is never between two states.
		remember(made);
		this.run = next;
		this.status = Status.RUNNING;
		this.failure = null;
		if (left != null) {
			left.cancelTimer();
		}
		signal();
		return made;
	}

	/** Restores where the machine was before this process. Called under the lock. */
	void restore(StateActivation stay, Status status, @Nullable Throwable failure) {
		this.run = stay;
		this.status = status;
		this.failure = failure;
		signal();
	}

	private void count(StateTable table, int edge) {
		int[] known = (this.counts != null) ? this.counts : new int[table.edges()];
		known[edge]++;
		this.counts = known;
	}

	/** Returns how often each declared move was made; empty if none was. */
	int[] counts() {
		lock();
		try {
			return (this.counts != null) ? this.counts.clone() : new int[0];
		}
		finally {
			unlock();
		}
	}

	private void remember(StateMove made) {
		if (this.historySize > 0) {
			if (this.nextMove == this.history.length) {
				this.history = Arrays.copyOf(this.history, Math.clamp(2L * this.nextMove, 1, this.historySize));
			}
			this.history[this.nextMove] = made;
			this.nextMove = (this.nextMove + 1 < this.historySize) ? this.nextMove + 1 : 0;
		}
	}

	/** Comes to rest or to an end in the current state. Called under the lock. */
	void settle(Status settled, @Nullable Throwable error) {
		this.status = settled;
		this.failure = error;
		StateActivation last = this.run;
		if (settled.isEnd() && last != null) {
			last.cancelTimer();
		}
		signal();
	}

	List<StateMove> history() {
		lock();
		try {
			List<StateMove> moves = new ArrayList<>(this.history.length);
			for (int i = 0; i < this.history.length; i++) {
				// Behind the next place may be moves of the round before.
				StateMove made = this.history[(this.nextMove + i) % this.history.length];
				if (made != null) {
					moves.add(made);
				}
			}
			return List.copyOf(moves);
		}
		finally {
			unlock();
		}
	}

	/**
	 * Waits until a condition holds, or has held in the meantime. Checked under the lock.
	 * @param mayWait throws, under the lock, if the wait must be rejected
	 * @param look what to do at intervals, without the lock
	 */
	boolean await(BooleanSupplier wanted, long nanos, Runnable mayWait, Runnable look) throws InterruptedException {
		long start = Parking.nanoTime();
		this.lock.lockInterruptibly();
		try (Wait wait = new Wait(wanted)) {
			if (!wait.held && nanos > 0) {
				mayWait.run();
			}
			sleep(wait, () -> wait.held, start, nanos, look);
			return wait.held;
		}
		finally {
			unlock();
		}
	}

	/** Called under the lock, which is released meanwhile. */
	private void sleep(Wait wait, BooleanSupplier over, long start, long nanos, Runnable look)
			throws InterruptedException {
		long pause = FIRST_LOOK;
		long left = nanos - (Parking.nanoTime() - start);
		while (!over.getAsBoolean() && left > 0) {
			if (!wait.park(left, pause)) {
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				if (!over.getAsBoolean()) {
					unlocked(look);
					pause = Math.min(2 * pause, LAST_LOOK);
				}
			}
			left = nanos - (Parking.nanoTime() - start);
		}
	}

	/** Called under the lock, which is released meanwhile. */
	private void unlocked(Runnable look) {
		unlock();
		try {
			look.run();
		}
		finally {
			lock();
		}
	}

	/**
	 * Requests a move and waits for its outcome; returns whether it has come in time. The
	 * wait is registered before the move is requested, so that nothing is missed.
	 */
	boolean await(Arrival arrival, GreenTask move, long nanos, Runnable look) throws Exception {
		long start = Parking.nanoTime();
		Wait wait = begin(arrival);
		try {
			move.run();
			this.lock.lockInterruptibly();
			try {
				sleep(wait, () -> !arrival.isAsked() || arrival.getAsBoolean(), start, nanos, look);
				return arrival.getAsBoolean();
			}
			finally {
				unlock();
			}
		}
		finally {
			lock();
			try {
				wait.close();
			}
			finally {
				unlock();
			}
		}
	}

	private Wait begin(BooleanSupplier wanted) {
		lock();
		try {
			return new Wait(wanted);
		}
		finally {
			unlock();
		}
	}

	/** Tells waits for a move that one was claimed. Called under the lock. */
	void claimed(StateActivation next) {
		if (this.waits != null) {
			for (Wait wait : this.waits) {
				if (wait.wanted instanceof Arrival arrival) {
					arrival.claimed(next);
				}
			}
		}
	}

	/** Waits for a state. A state that is left again meanwhile counts. */
	boolean awaitState(String state, long nanos, Runnable mayWait, Runnable look) throws InterruptedException {
		Visit visit = new Visit(state);
		await(visit, nanos, mayWait, look);
		return visit.seen;
	}

	/**
	 * Waits until a condition holds, under the lock, which the caller holds. An interrupt
	 * does not cut the wait short and stays set.
	 * @param nanos when the wait is given up, in nanoseconds
	 * @param look when to return in any case, so that the caller looks around
	 */
	boolean awaitUninterruptibly(BooleanSupplier wanted, long nanos, long look) {
		if (wanted.getAsBoolean()) {
			return true;
		}
		long start = Parking.nanoTime();
		boolean interrupted = false;
		try (Wait wait = new Wait(wanted)) {
			// Checked again, because another thread may have been woken for the same, and
			// came first.
			while (!wanted.getAsBoolean()) {
				long spent = Parking.nanoTime() - start;
				if (spent >= Math.min(nanos, look)) {
					return false;
				}
				wait.park(nanos - spent, look - spent);
				interrupted |= Thread.interrupted();
			}
			return true;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** A stay in a state that a thread waits for. Guarded by the lock. */
	private final class Visit implements BooleanSupplier {

		private final String state;

		private boolean seen;

		Visit(String state) {
			this.state = state;
		}

		@Override
		public boolean getAsBoolean() {
			StateActivation current = Position.this.run;
			this.seen |= current != null && current.state().equals(this.state);
			return this.seen || isEnd();
		}

	}

	/**
	 * A waiting thread. It is woken only if its own condition holds, so that a thread
	 * that waits for the end is not woken by every move before. Guarded by the lock.
	 */
	private final class Wait implements AutoCloseable, Explained {

		private final BooleanSupplier wanted;

		private final Thread thread = Thread.currentThread();

		private boolean held;

		/**
		 * Whether it has held since the thread has looked; read by it without the lock.
		 */
		private volatile boolean over;

		/** Whether the thread was woken for that. */
		private boolean woken;

		Wait(BooleanSupplier wanted) {
			this.wanted = wanted;
			this.held = wanted.getAsBoolean();
			List<Wait> others = Position.this.waits;
			List<Wait> all = (others != null) ? others : new ArrayList<>(1);
			all.add(this);
			Position.this.waits = all;
		}

		private void look() {
			if (this.wanted.getAsBoolean()) {
				this.held = true;
				this.over = true;
				Position.this.wakes = true;
			}
		}

		/**
		 * Sleeps until the condition has held, the time to look has come, or the thread
		 * is interrupted, which stays set. Called under the lock, which is released
		 * meanwhile.
		 * @return whether the condition has held
		 */
		private boolean park(long limit, long look) {
			long start = Parking.nanoTime();
			this.over = false;
			this.woken = false;
			Position.this.unlock();
			try {
				while (!this.over && !this.thread.isInterrupted()) {
					long spent = Parking.nanoTime() - start;
					if (spent >= Math.min(limit, look)) {
						break;
					}
					Waits.park(this, limit - spent, look - spent);
				}
			}
			finally {
				Position.this.lock();
			}
			return this.over;
		}

		@Override
		public String explain(Thread waiting) {
			StateActivation current = Position.this.run;
			Thread body = (current != null) ? current.thread() : null;
			return Position.this.machine
					+ ((body != null) ? ", whose body runs on '%s'".formatted(body.getName()) : "");
		}

		@Override
		public void close() {
			List<Wait> all = Position.this.waits;
			if (all != null && all.remove(this) && all.isEmpty()) {
				Position.this.waits = null;
			}
		}

	}

}
