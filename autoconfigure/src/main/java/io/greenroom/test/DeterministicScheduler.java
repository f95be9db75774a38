package io.greenroom.test;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenTask;
import io.greenroom.green.GreenThread;
import io.greenroom.green.worker.Lead;
import io.greenroom.green.worker.Worker;
import io.greenroom.green.worker.WorkerStuckException;
import org.jspecify.annotations.Nullable;

/**
 * A green scheduler and a clock for tests. Pass {@link #scheduler()} to the code under
 * test, to {@link io.greenroom.deferred.Deferred#of Deferred.of} and
 * {@link io.greenroom.state.StateMachines#builder StateMachines.builder} as well, then
 * {@link #run(GreenTask)} it. Handlers, machines, pools and timers then run on its green
 * threads, one at a time, in the same order in every run, and in its time. See
 * {@link Worker} for the guarantees and the requirements.
 * <p>
 * The time passes for three reasons:
 * <ul>
 * <li>The code sleeps, or starts a green thread later. {@link #run} and {@link #finish}
 * advance the time to that, so a test of an hour's sleep ends at once.</li>
 * <li>{@link #advance} lets it pass.</li>
 * <li>{@link #finish} lets it pass to the next timeout, as long as a green thread
 * waits.</li>
 * </ul>
 * A timeout does not make the time pass in {@code run}: that of a call or a block, of a
 * state, of a wait for room, or the interval of a watch. So a timeout fires when the test
 * wants it to, and a test without {@code advance} does not see one, unless something
 * sleeps for longer. Greenroom's own housekeeping, and tasks that are
 * {@linkplain GreenScheduler#repeat repeated}, take place as the time passes, and never
 * keep a run going.
 * <p>
 * For use by one thread, which must not wait for the green threads by itself: a sync call
 * of a handler, a join, or a wait for a machine is rejected there with an
 * {@link IllegalStateException}, because nothing would go on meanwhile.
 */
public final class DeterministicScheduler implements AutoCloseable {

	/** The scheduler that a thread leads. */
	private static final ThreadLocal<@Nullable DeterministicScheduler> CURRENT = new ThreadLocal<>();

	private final List<String> trace = new ArrayList<>();

	private final Worker worker;

	/** The tests that were run, have not ended, and have not been reported as stuck. */
	private final List<GreenThread<Void>> unended = new ArrayList<>();

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
	 * Runs a test on a green thread, and everything that it sets off, until nothing can
	 * go on by itself. Never waits in real time for Greenroom's means. Returns even if
	 * the test has not ended, if it waits for something that has a timeout; then
	 * {@link #advance} or {@link #finish} goes on with it.
	 * @param test the test; what it throws is thrown here
	 * @throws io.greenroom.green.worker.WorkerStuckException if the test or another green
	 * thread waits for something that nothing can end. The message says what each green
	 * thread waits for and who holds that, and the stack trace of each is attached
	 */
	public void run(GreenTask test) {
		this.unended.add(this.worker.assign("test", test));
		settle();
	}

	/**
	 * Runs what was set off since, as {@link #run} does: for calls and moves that were
	 * made by the thread of the test itself.
	 * @throws io.greenroom.green.worker.WorkerStuckException if a green thread waits for
	 * something that nothing can end
	 */
	public void settle() {
		told(() -> this.worker.settle(this.unended));
	}

	/**
	 * Runs everything to its end, and lets the time pass to the next timeout as long as a
	 * green thread waits. A machine at rest and a handler without calls are no reason to
	 * go on.
	 * @throws io.greenroom.green.worker.WorkerStuckException if green threads remain that
	 * nothing can wake, with the stack trace of each
	 */
	public void finish() {
		told(this.worker::finish);
	}

	private void told(Runnable steps) {
		try {
			steps.run();
		}
		catch (WorkerStuckException stuck) {
			this.unended.clear();
			throw stuck;
		}
		this.unended.removeIf(GreenThread::isDone);
	}

	/**
	 * Lets the time pass, and runs what becomes due by then.
	 * @param length how far to advance
	 * @throws IllegalArgumentException if the length is negative
	 */
	public void advance(Duration length) {
		this.worker.advance(length);
		this.unended.removeIf(GreenThread::isDone);
	}

	/**
	 * Lets the current thread lead, until the lead is closed: it may wait for handlers,
	 * machines and green threads, which run while it waits. A {@code @GreenroomTest} does
	 * this. See {@link Worker#lead()}.
	 * @return the lead, which the same thread must close
	 */
	public Lead lead() {
		Lead lead = this.worker.lead();
		DeterministicScheduler before = CURRENT.get();
		CURRENT.set(this);
		return () -> {
			lead.close();
			if (CURRENT.get() == this) {
				CURRENT.set(before);
			}
		};
	}

	/**
	 * Returns the scheduler that the current thread leads.
	 * @return the scheduler; empty if there is none
	 */
	public static Optional<DeterministicScheduler> current() {
		return Optional.ofNullable(CURRENT.get());
	}

	/**
	 * Returns the order of execution so far, one name per step, for comparing and
	 * printing.
	 * @return the names of the green threads, in order
	 */
	public List<String> trace() {
		return List.copyOf(this.trace);
	}

	/**
	 * Kills the remaining green threads and lets them clean up. Idempotent.
	 * @throws IllegalStateException if a test that was {@linkplain #run run} has never
	 * ended, so that it may not have checked anything; the green threads are killed
	 * nevertheless
	 */
	@Override
	public void close() {
		this.unended.removeIf(GreenThread::isDone);
		StringBuilder waits = new StringBuilder();
		this.unended.forEach((test) -> waits.append(this.worker.waits(test)));
		boolean ended = this.unended.isEmpty();
		this.unended.clear();
		this.worker.close();
		if (!ended) {
			throw new IllegalStateException(
					"A test that was run has not ended, and was killed:%s%nadvance(...) or finish() would have gone on with it"
						.formatted(waits));
		}
	}

}
