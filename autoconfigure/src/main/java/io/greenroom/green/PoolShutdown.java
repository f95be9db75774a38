package io.greenroom.green;

import java.time.Duration;
import java.util.List;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Limits;

/**
 * Shuts a pool down: for its scheduler or its user, at once or gracefully. Thread-safe.
 */
final class PoolShutdown implements GreenService {

	/** How long killed tasks get for their clean-up when the pool closes. */
	private static final Duration KILL_LIMIT = Duration.ofSeconds(1);

	private final GreenPool pool;

	private final GreenScheduler scheduler;

	private final Admission admission;

	private final PoolCompletions ends;

	/** Set once. A thread that enters checks it afterwards. */
	private volatile boolean closed;

	/** Set once. A thread that has started a task checks it afterwards. */
	private volatile boolean killed;

	PoolShutdown(GreenPool pool, GreenScheduler scheduler, Admission admission, PoolCompletions ends) {
		this.pool = pool;
		this.scheduler = scheduler;
		this.admission = admission;
		this.ends = ends;
	}

	boolean isClosed() {
		return this.closed;
	}

	boolean isKilled() {
		return this.killed;
	}

	@Override
	public String name() {
		return this.pool.name();
	}

	/** Rejects new work, waits for accepted work, and rejects what is left in line. */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		this.closed = true;
		try {
			Countdown time = new Countdown(Limits.nanos(grace, "grace period"), Parking::nanoTime);
			this.ends.await(Integer.MAX_VALUE, time, false);
		}
		finally {
			this.admission.rejectLine();
			this.scheduler.detach(this);
		}
	}

	/** Stops within the scheduler's drain timeout, then kills what is left. */
	void close() {
		boolean interrupted = Thread.interrupted();
		try {
			if (!interrupted) {
				stop(this.scheduler.drainTimeout());
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		try {
			kill(KILL_LIMIT.toNanos());
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Kills all tasks without waiting; returns the running ones. */
	List<GreenThread<?>> kill() {
		this.closed = true;
		this.killed = true;
		this.admission.rejectLine();
		this.scheduler.detach(this);
		return killTasks();
	}

	/** Kills all tasks and waits up to the limit; returns whether all have ended. */
	boolean kill(long nanos) throws InterruptedException {
		Countdown time = new Countdown(nanos, Parking::nanoTime);
		List<GreenThread<?>> tasks = kill();
		if (nanos > 0) {
			this.ends.await(Integer.MAX_VALUE, time, false);
			// A slot is returned shortly before the outcome is available.
			awaitAll(tasks, time);
		}
		return this.pool.members().isEmpty();
	}

	/** Kills the waiting and running tasks, and leaves the pool open. */
	void killOthers(Countdown time) throws InterruptedException {
		killAndAwait(time);
		// A task that was ending may have handed its slot to one that was neither waiting
		// nor running at that moment; by now it runs.
		killAndAwait(time);
	}

	private void killAndAwait(Countdown time) throws InterruptedException {
		List<GreenThread<?>> all = this.scheduler.living(this.pool::owns);
		this.admission.killTasks();
		awaitAll(killTasks(), time);
		awaitAll(all, time);
	}

	private List<GreenThread<?>> killTasks() {
		List<GreenThread<?>> tasks = this.scheduler.living(this.pool::runs);
		tasks.forEach(GreenThread::killAsTask);
		return tasks;
	}

	private static void awaitAll(List<GreenThread<?>> tasks, Countdown time) throws InterruptedException {
		for (GreenThread<?> task : tasks) {
			task.await(time.left());
		}
	}

	@Override
	public String toString() {
		return "PoolShutdown[" + name() + "]";
	}

}
