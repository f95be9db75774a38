package io.greenroom.state;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;

/**
 * The turns of machines that move without end: at most as many at once as there are
 * carriers, while the others wait here in line.
 * <p>
 * Virtual threads are not preempted, and a carrier takes from one of the scheduler's
 * queues as long as there is something in it. More restless threads than carriers keep
 * that queue filled, although each of them yields, and threads in another queue are not
 * served. If waiting threads are not in the queue, it is empty each time a turn ends, and
 * the carriers look at all queues.
 * <p>
 * A machine whose body blocks in its turn does not delay the others: when none has been
 * let in for a while, as many as there are carriers are let in.
 */
final class RestlessTurns {

	/** Shared by the JVM, like its carriers. */
	private static final RestlessTurns ALL = new RestlessTurns(
			Integer.getInteger("jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors()));

	/**
	 * The time without the end of a turn after which others are let in, in nanoseconds.
	 */
	private static final long PATIENCE = 20_000_000;

	private final ReentrantLock lock = new ReentrantLock();

	private final int atOnce;

	/** The waiting turns. Guarded by the lock. */
	private final Queue<Turn> line = new ArrayDeque<>();

	/** How many were let in and have not returned. Guarded by the lock. */
	private int running;

	/**
	 * Counts how often the turns that were let in have been given up. Guarded by the
	 * lock.
	 */
	private int round;

	/** When a turn was last let in. Guarded by the lock. */
	private long lastEntry;

	private RestlessTurns(int atOnce) {
		this.atOnce = Math.max(1, atOnce);
	}

	private void enter(Turn turn) {
		this.lock.lock();
		try {
			leave(turn);
			turn.mayRun = false;
			this.line.add(turn);
			letIn();
		}
		finally {
			this.lock.unlock();
		}
		while (!turn.mayRun && !turn.isKilled()) {
			Parking.parkNanos(this, PATIENCE);
			turn.interrupted |= Thread.interrupted();
			if (!turn.mayRun) {
				giveUpTheSlow();
			}
		}
	}

	private void giveUpTheSlow() {
		this.lock.lock();
		try {
			if (Parking.nanoTime() - this.lastEntry > PATIENCE) {
				this.round++;
				this.running = 0;
				letIn();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void end(Turn turn) {
		this.lock.lock();
		try {
			leave(turn);
			letIn();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Called under the lock. */
	private void leave(Turn turn) {
		if (!turn.mayRun) {
			this.line.remove(turn);
		}
		else if (turn.round == this.round) {
			this.running--;
		}
	}

	/** Called under the lock. */
	private void letIn() {
		while (this.running < this.atOnce && !this.line.isEmpty()) {
			Turn next = this.line.remove();
			this.running++;
			this.lastEntry = Parking.nanoTime();
			next.round = this.round;
			next.mayRun = true;
			if (next.thread != Thread.currentThread()) {
				// A permit for the current thread would be left over, and end its next
				// park at once.
				Parking.unpark(next.thread);
			}
		}
	}

	/** The turns of one machine's thread, from its first to its rest. */
	static final class Turn {

		private final GreenThread<?> machine;

		private final Thread thread = Thread.currentThread();

		private volatile boolean mayRun;

		/** Confined to the thread. */
		private boolean interrupted;

		/** Guarded by the lock. */
		private int round;

		/** Creates the turns of the current thread, which runs the machine. */
		Turn(GreenThread<?> machine) {
			this.machine = machine;
		}

		/**
		 * Ends a turn, and waits for the next, or until the machine is killed. An
		 * interrupt stays set, and does not cut the wait short.
		 */
		void next() {
			this.interrupted = Thread.interrupted();
			ALL.enter(this);
			// If a carrier's thread unparked it, it would run there before all others.
			Parking.parkNanos(this, 1);
			if (this.interrupted) {
				this.thread.interrupt();
			}
		}

		private boolean isKilled() {
			return this.machine.state() == GreenThread.State.KILLED;
		}

		/** Called when the thread no longer moves the machine. */
		void end() {
			ALL.end(this);
		}

	}

}
