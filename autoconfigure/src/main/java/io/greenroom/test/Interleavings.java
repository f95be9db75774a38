package io.greenroom.test;

/**
 * Runs a test in many orders, one for each seed, to find those that break it. A failure
 * arrives as it was thrown and names its seed. With the system property
 * {@value #SEED_PROPERTY} only that seed runs, to look closer.
 */
public final class Interleavings {

	/** The system property that replays a seed. */
	public static final String SEED_PROPERTY = "greenroom.test.seed";

	private Interleavings() {
	}

	/**
	 * Runs a test with the seeds from 0 up, each on a scheduler of its own. The order is
	 * the same in every build, so that a test that passes goes on passing.
	 * @param seeds how many seeds
	 * @param test the test; what it spawns and leaves running is run to its end after it
	 * @throws IllegalArgumentException if the number is less than 1
	 * @throws Exception what the first failing test threw
	 */
	public static void explore(int seeds, Test test) throws Exception {
		if (seeds < 1) {
			throw new IllegalArgumentException("The number of seeds is " + seeds + "; give at least 1");
		}
		Long only = Long.getLong(SEED_PROPERTY);
		if (only != null) {
			runWith(only, test);
			return;
		}
		for (long seed = 0; seed < seeds; seed++) {
			runWith(seed, test);
		}
	}

	private static void runWith(long seed, Test test) throws Exception {
		try (DeterministicScheduler scheduler = DeterministicScheduler.seeded(seed)) {
			test.run(scheduler);
			scheduler.finish();
		}
		catch (Throwable failure) {
			failure.addSuppressed(new FoundWith(seed));
			throw failure;
		}
	}

	/** One test that is run in many orders. */
	@FunctionalInterface
	public interface Test {

		/**
		 * Runs the test in one order. What it creates must be its own in every run.
		 * @param scheduler the scheduler of this order
		 * @throws Exception if the test fails
		 */
		void run(DeterministicScheduler scheduler) throws Exception;

	}

}
