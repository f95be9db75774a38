package io.greenroom.test;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenTask;
import io.greenroom.green.worker.Worker;

/**
 * A green scheduler and a clock for tests: give {@link #scheduler()} and {@link #clock()}
 * to the code under test, then {@link #run(GreenTask)} it. Its green threads run one at a
 * time, in the same order in every run, and its time passes only when they all wait, so
 * that a test of an hour's timeout ends at once. What that promises and needs is said at
 * {@link Worker}.
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
	 * Makes a scheduler whose green threads take turns.
	 * @return a new scheduler
	 */
	public static DeterministicScheduler inTurn() {
		return new DeterministicScheduler(Worker.builder());
	}

	/**
	 * Makes a scheduler that draws by lot who is next.
	 * @param seed what the lots are drawn from: the same seed, the same order
	 * @return a new scheduler
	 * @see Interleavings
	 */
	public static DeterministicScheduler seeded(long seed) {
		return new DeterministicScheduler(Worker.builder().seed(seed));
	}

	/**
	 * Makes a scheduler from a worker's settings, for other needs.
	 * @param builder the settings; name and listener are taken over
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
	 * Returns the clock for the code under test; it begins at the epoch.
	 * @return the clock, in UTC
	 */
	public Clock clock() {
		return this.worker.clock();
	}

	/**
	 * Returns the worker, to step by hand.
	 * @return the worker
	 */
	public Worker worker() {
		return this.worker;
	}

	/**
	 * Runs a test on a green thread, and whatever it spawns, to the end.
	 * @param test the test
	 * @throws io.greenroom.green.worker.WorkerStuckException if anything is left that
	 * nothing can make go on, with the stack trace of each
	 */
	public void run(GreenTask test) {
		this.worker.assign("test", test);
		finish();
	}

	/**
	 * Runs to the end what was spawned so far.
	 * @throws io.greenroom.green.worker.WorkerStuckException if anything is left that
	 * nothing can make go on, with the stack trace of each
	 */
	public void finish() {
		this.worker.work();
		this.worker.checkFinished();
	}

	/**
	 * Lets the time pass and runs what is due meanwhile.
	 * @param length how long
	 * @throws IllegalArgumentException if the length is negative
	 */
	public void advance(Duration length) {
		this.worker.workFor(length);
	}

	/**
	 * Returns who has run so far, one name per step, to compare and to print.
	 * @return the names of the green threads, in order
	 */
	public List<String> trace() {
		return List.copyOf(this.trace);
	}

	/** Kills what is left and lets it clean up. Idempotent. */
	@Override
	public void close() {
		this.worker.close();
	}

}
