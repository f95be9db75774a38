package io.greenroom.test;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

import io.greenroom.green.worker.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a test in many orders, one for each seed, to find those that break it. A failure
 * is thrown as it was, with its seed, its strategy and its steps attached as a suppressed
 * exception. Set the system properties {@value #SEED_PROPERTY} and
 * {@value #STRATEGY_PROPERTY} as it says to run that order only.
 */
public final class Interleavings {

	/** The system property that replays a seed. */
	public static final String SEED_PROPERTY = "greenroom.test.seed";

	/** The system property that names the strategy, whatever the test says. */
	public static final String STRATEGY_PROPERTY = "greenroom.test.strategy";

	private static final Logger log = LoggerFactory.getLogger(Interleavings.class);

	private Interleavings() {
	}

	/**
	 * Runs a test with the seeds from 0 up, each on its own scheduler, with
	 * {@link Worker.Strategy#PRIORITY}. The orders are the same in every build, so a
	 * passing test keeps passing.
	 * @param seeds the number of seeds
	 * @param test the test; green threads that it leaves running are run to their end
	 * after it
	 * @throws IllegalArgumentException if the number is less than 1
	 * @throws Exception the exception of the first test that fails
	 */
	public static void explore(int seeds, Test test) throws Exception {
		explore(seeds, Worker.Strategy.PRIORITY, test);
	}

	/**
	 * Runs a test with the seeds from 0 up, each on its own scheduler.
	 * @param seeds the number of seeds
	 * @param strategy how a seed determines the order
	 * @param test the test; green threads that it leaves running are run to their end
	 * after it
	 * @throws IllegalArgumentException if the number is less than 1, or a system property
	 * has an invalid value
	 * @throws Exception the exception of the first test that fails
	 */
	public static void explore(int seeds, Worker.Strategy strategy, Test test) throws Exception {
		explore(seeds, strategy, Worker::builder, test);
	}

	static void explore(int seeds, Worker.Strategy strategy, Supplier<Worker.Builder> worker, Test test)
			throws Exception {
		Objects.requireNonNull(strategy, "strategy");
		Objects.requireNonNull(test, "test");
		if (seeds < 1) {
			throw new IllegalArgumentException("The number of seeds is " + seeds + "; give at least 1");
		}
		Worker.Strategy used = given(strategy);
		Long only = givenSeed();
		if (only != null) {
			runWith(only, used, worker.get(), test);
			return;
		}
		for (long seed = 0; seed < seeds; seed++) {
			runWith(seed, used, worker.get(), test);
		}
	}

	private static @Nullable Long givenSeed() {
		String given = System.getProperty(SEED_PROPERTY);
		try {
			return (given != null) ? Long.valueOf(given.strip()) : null;
		}
		catch (NumberFormatException invalid) {
			throw new IllegalArgumentException("-D%s is '%s', which is not a whole number; copy it from the failure"
				.formatted(SEED_PROPERTY, given));
		}
	}

	private static Worker.Strategy given(Worker.Strategy declared) {
		String given = System.getProperty(STRATEGY_PROPERTY);
		try {
			return (given != null) ? Worker.Strategy.valueOf(given.strip().toUpperCase(Locale.ROOT)) : declared;
		}
		catch (IllegalArgumentException invalid) {
			throw new IllegalArgumentException("-D%s is '%s'; the strategies are %s".formatted(STRATEGY_PROPERTY, given,
					Arrays.toString(Worker.Strategy.values())));
		}
	}

	private static void runWith(long seed, Worker.Strategy strategy, Worker.Builder worker, Test test)
			throws Exception {
		try (DeterministicScheduler scheduler = DeterministicScheduler.of(worker.seed(seed).strategy(strategy))) {
			try {
				test.run(scheduler);
				scheduler.finish();
			}
			catch (Throwable failure) {
				attach(failure, new FoundWith(seed, strategy, scheduler.trace()));
				throw failure;
			}
		}
	}

	/** A throwable may have no room for others. */
	private static void attach(Throwable failure, FoundWith found) {
		failure.addSuppressed(found);
		if (!Arrays.asList(failure.getSuppressed()).contains(found)) {
			log.error("{}", found.getMessage());
		}
	}

	/** A test that is run in many orders. */
	@FunctionalInterface
	public interface Test {

		/**
		 * Runs the test in one order. Each run must create its own objects.
		 * @param scheduler the scheduler of this order
		 * @throws Exception if the test fails
		 */
		void run(DeterministicScheduler scheduler) throws Exception;

	}

}
