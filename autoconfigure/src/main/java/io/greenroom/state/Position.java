package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;

/**
 * Where a machine is and how it got there, its lock, and those who wait for a change.
 * Changed under the lock only; what readers see without it is volatile.
 */
final class Position {

	/** A wait for a state. Guarded by the lock. */
	private static final class Visit {

		private final String state;

		private boolean seen;

		Visit(String state, boolean seen) {
			this.state = state;
			this.seen = seen;
		}

	}

	/** Fair: a machine that moves itself in a loop must not keep out who stops it. */
	private final ReentrantLock lock = new ReentrantLock(true);

	/** Signalled at every change. */
	private final Condition changed = this.lock.newCondition();

	private final int historySize;

	private final Deque<StateMove> history = new ArrayDeque<>(2);

	/** How often each declared move was made; null before the first. */
	private int @Nullable [] counts;

	/** Null where nobody waits for a state. */
	private @Nullable List<Visit> visits;

	private volatile @Nullable Run run;

	private volatile Status status = Status.NEW;

	private volatile @Nullable Throwable failure;

	Position(int historySize) {
		this.historySize = historySize;
	}

	void lock() {
		this.lock.lock();
	}

	void unlock() {
		this.lock.unlock();
	}

	/** Wakes all who wait, to look again. Called under the lock. */
	void signal() {
		this.changed.signalAll();
	}

	/** Returns the latest stay, also at rest and after the end. */
	@Nullable Run run() {
		return this.run;
	}

	/** Returns the current stay of a machine that has started and not ended. */
	@Nullable Run active() {
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

	/** Returns whether a stopped body is still to end. Called under the lock. */
	boolean isStopping() {
		return this.status == Status.RUNNING && this.run != null && this.run.stopping();
	}

	/** Changes the state. Called under the lock. */
	StateMove enter(Run next, Instant now, StateTable table) {
		Run left = active();
		if (left != null) {
			count(table, table.edge(left.spec(), next.state()));
		}
		StateMove made = new StateMove((left != null) ? left.state() : null, next.state(), now);
		if (left != null) {
			left.cancelTimer();
		}
		next.enteredAt(now);
		this.run = next;
		this.status = Status.RUNNING;
		this.failure = null;
		remember(made);
		if (this.visits != null) {
			this.visits.stream().filter((visit) -> visit.state.equals(made.to())).forEach((visit) -> visit.seen = true);
		}
		signal();
		return made;
	}

	private void count(StateTable table, int edge) {
		int[] known = (this.counts != null) ? this.counts : new int[table.edges()];
		known[edge]++;
		this.counts = known;
	}

	/** Returns how often each declared move was made, empty for never. */
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
			if (this.history.size() == this.historySize) {
				this.history.removeFirst();
			}
			this.history.addLast(made);
		}
	}

	/** Comes to rest or to an end in the current state. Called under the lock. */
	void settle(Status settled, @Nullable Throwable error) {
		this.status = settled;
		this.failure = error;
		Run last = this.run;
		if (settled.isEnd() && last != null) {
			last.cancelTimer();
		}
		signal();
	}

	List<StateMove> history() {
		lock();
		try {
			return List.copyOf(this.history);
		}
		finally {
			unlock();
		}
	}

	/** Waits for a change; the condition is looked at under the lock. */
	boolean await(BooleanSupplier condition, long nanos) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = nanos;
			while (!condition.getAsBoolean()) {
				if (left <= 0) {
					return false;
				}
				left = this.changed.awaitNanos(left);
			}
			return true;
		}
		finally {
			unlock();
		}
	}

	/** Waits for a state, seeing also those that pass by meanwhile. */
	boolean awaitState(String state, long nanos) throws InterruptedException {
		lock();
		Run current = this.run;
		Visit visit = new Visit(state, current != null && current.state().equals(state));
		List<Visit> waiting = (this.visits != null) ? this.visits : new ArrayList<>(1);
		this.visits = waiting;
		waiting.add(visit);
		try {
			await(() -> visit.seen || isEnd(), nanos);
			return visit.seen;
		}
		finally {
			waiting.remove(visit);
			if (waiting.isEmpty()) {
				this.visits = null;
			}
			unlock();
		}
	}

	/**
	 * Waits for a change under the lock, which the caller holds. An interrupt stays set
	 * and does not cut the wait short.
	 */
	boolean awaitUninterruptibly(BooleanSupplier condition, Duration limit) {
		long nanos = Durations.nanos(limit, "limit");
		long start = System.nanoTime();
		boolean interrupted = false;
		try {
			while (!condition.getAsBoolean()) {
				long left = nanos - (System.nanoTime() - start);
				if (left <= 0) {
					return false;
				}
				try {
					this.changed.await(left, TimeUnit.NANOSECONDS);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			return true;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
