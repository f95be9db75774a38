package io.greenroom.test;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenTask;
import io.greenroom.green.worker.Worker;

/**
 * A green scheduler and a clock for tests. Pass {@link #scheduler()} and {@link #clock()}
 * to the code under test, then {@link #run(GreenTask)} it. Its green threads run one at a
 * time, in the same order in every run. Its time advances only while all of them wait, so
 * a test of a one-hour timeout ends at once. See {@link Worker} for the guarantees and
 * the requirements.
 * <p>
 * For use by one thread.
 */
public final class DeterministicScheduler implements AutoCloseable {

	private final List<String> trace = new ArrayList<>();

	private final Worker worker;

	private DeterministicScheduler(Worker.Builder builder) {
		this.worker = builder.name("test").onStep(this.trace::add).build();
	}

	/**
	 * Creates a scheduler whose green threads take turns.
	 * @return a new scheduler
	 */
	public static DeterministicScheduler inTurn() {
		return new DeterministicScheduler(Worker.builder());
	}

	/**
	 * Creates a scheduler that selects the next green thread at random.
	 * @param seed the seed of the random order; equal seeds give equal orders
	 * @return a new scheduler
	 * @see Interleavings
	 */
	public static DeterministicScheduler seeded(long seed) {
		return new DeterministicScheduler(Worker.builder().seed(seed));
	}

	/**
	 * Creates a scheduler whose next green thread is determined by a seed.
	 * @param seed the seed; equal seeds of the same strategy give equal orders
	 * @param strategy how the seed determines the order
	 * @return a new scheduler
	 * @see Interleavings
	 */
	public static DeterministicScheduler seeded(long seed, Worker.Strategy strategy) {
		return new DeterministicScheduler(Worker.builder().seed(seed).strategy(strategy));
	}

	/**
	 * Creates a scheduler with the settings of a worker.
	 * @param builder the settings; its name and listener are replaced
	 * @return a new scheduler
	 */
	public static DeterministicScheduler of(Worker.Builder builder) {
		return new DeterministicScheduler(builder);
	}

	/**
	 * Returns the scheduler for the code under test.
	 * @return the scheduler
	 */
	public GreenScheduler scheduler() {
		return this.worker.scheduler();
	}

	/**
	 * Returns the clock for the code under test, which starts at the epoch.
	 * @return the clock, in UTC
	 */
	public Clock clock() {
		return this.worker.clock();
	}

	/**
	 * Returns the worker, for stepping manually.
	 * @return the worker
	 */
	public Worker worker() {
		return this.worker;
	}

	/**
	 * Runs a test on a green thread, and everything it spawns, to the end.
	 * @param test the test
	 * @throws io.greenroom.green.worker.WorkerStuckException if green threads remain that
	 * nothing can wake, with the stack trace of each
	 */
	public void run(GreenTask test) {
		this.worker.assign("test", test);
		finish();
	}

	/**
	 * Runs everything that was spawned so far to the end.
	 * @throws io.greenroom.green.worker.WorkerStuckException if green threads remain that
	 * nothing can wake, with the stack trace of each
	 */
	public void finish() {
		this.worker.work();
		this.worker.checkFinished();
	}

	/**
	 * Advances the time and runs what becomes due.
	 * @param length how far to advance
	 * @throws IllegalArgumentException if the length is negative
	 */
	public void advance(Duration length) {
		this.worker.workFor(length);
	}

	/**
	 * Returns the order of execution so far, one name per step, for comparing and
	 * printing.
	 * @return the names of the green threads, in order
	 */
	public List<String> trace() {
		return List.copyOf(this.trace);
	}

	/** Kills the remaining green threads and lets them clean up. Idempotent. */
	@Override
	public void close() {
		this.worker.close();
	}

}
