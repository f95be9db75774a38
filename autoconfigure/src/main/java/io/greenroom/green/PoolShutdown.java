package io.greenroom.green;

import java.time.Duration;
import java.util.List;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Limits;

/**
 * How a pool comes to its end: by its scheduler, by its user, at once or in time. Safe
 * for use by many threads.
 */
final class PoolShutdown implements GreenService {

	/** How long killed tasks get for their clean-up when the pool closes. */
	private static final Duration KILL_LIMIT = Duration.ofSeconds(1);

	private final GreenPool pool;

	private final GreenScheduler scheduler;

	private final Admission admission;

	private final PoolCompletions ends;

	/** Set once. A thread that comes in looks at it after coming in. */
	private volatile boolean closed;

	/** Set once. A thread that has started a task looks at it after the start. */
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

	/** Rejects, waits for what was accepted, and tells those left in line. */
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

	/** Stops within the scheduler's drain timeout, then kills. */
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

	/** Kills at once, and waits for nobody; returns those at work. */
	List<GreenThread<?>> kill() {
		this.closed = true;
		this.killed = true;
		this.admission.rejectLine();
		this.scheduler.detach(this);
		return killTasks();
	}

	/** Kills at once, and waits up to the limit; returns whether all have ended. */
	boolean kill(long nanos) throws InterruptedException {
		Countdown time = new Countdown(nanos, Parking::nanoTime);
		List<GreenThread<?>> tasks = kill();
		if (nanos > 0) {
			this.ends.await(Integer.MAX_VALUE, time, false);
			// A slot comes back shortly before the outcome is there.
			awaitAll(tasks, time);
		}
		return this.pool.members().isEmpty();
	}

	/** Kills the tasks in line and at work, and leaves the pool open. */
	void killOthers(Countdown time) throws InterruptedException {
		killAndAwait(time);
		// A task that was ending may have handed its slot on to one that was neither in
		// line nor at work at that moment; by now that one is.
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
