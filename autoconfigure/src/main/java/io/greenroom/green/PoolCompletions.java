package io.greenroom.green;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.internal.Countdown;
import org.jspecify.annotations.Nullable;

/**
 * How the work of a pool has ended: the first failure that was not observed, and the
 * threads that wait for ends. Costs an ending task one read while no thread waits.
 */
final class PoolCompletions {

	private final Admission admission;

	/** The first failure since it was last taken. */
	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	private final List<Joiner> joiners = new CopyOnWriteArrayList<>();

	PoolCompletions(Admission admission) {
		this.admission = admission;
	}

	/** Records the end of a task. Called before its slot is returned. */
	void taskEnded(@Nullable Throwable thrown) {
		if (thrown != null) {
			this.failure.compareAndSet(null, thrown);
		}
		for (Joiner joiner : this.joiners) {
			joiner.left.decrementAndGet();
			joiner.wake();
		}
	}

	/**
	 * Checks whether the pool has become idle. Called after a slot or place was freed.
	 */
	void freed() {
		if (!this.joiners.isEmpty() && idle()) {
			this.joiners.forEach(Joiner::wake);
		}
	}

	@Nullable Throwable takeFailure() {
		return (this.failure.get() != null) ? this.failure.getAndSet(null) : null;
	}

	boolean idle() {
		return this.admission.active() == 0 && this.admission.queued() == 0;
	}

	/**
	 * Waits until that many tasks have ended, or nothing runs or waits in line.
	 * @param raises whether a failure also ends the wait
	 * @return what ended the wait
	 */
	Result await(int count, Countdown time, boolean raises) throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		Joiner joiner = new Joiner(count, Thread.currentThread());
		// Added first, so that an end after the check below wakes this thread.
		this.joiners.add(joiner);
		try {
			while (true) {
				boolean enough = joiner.left.get() <= 0 || idle();
				// Read after that, because a failure comes before the end of its task.
				Throwable thrown = raises ? takeFailure() : null;
				if (thrown != null || enough) {
					return new Result(enough, thrown);
				}
				long left = time.left();
				if (left == 0) {
					return new Result(false, null);
				}
				if (left == Long.MAX_VALUE) {
					Parking.park(this);
				}
				else {
					Parking.parkNanos(this, left);
				}
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
		}
		finally {
			this.joiners.remove(joiner);
		}
	}

	@Override
	public String toString() {
		return "the end of tasks (" + this.admission.active() + " run, " + this.admission.queued() + " wait)";
	}

	/**
	 * What ended a wait.
	 *
	 * @param enough whether enough tasks have ended
	 * @param failure the failure, which no other wait will get
	 */
	record Result(boolean enough, @Nullable Throwable failure) {
	}

	private static final class Joiner {

		private final AtomicInteger left;

		private final Thread thread;

		Joiner(int count, Thread thread) {
			this.left = new AtomicInteger(count);
			this.thread = thread;
		}

		void wake() {
			Parking.unpark(this.thread);
		}

	}

}
