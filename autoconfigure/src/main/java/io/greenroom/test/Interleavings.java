package io.greenroom.test;

/**
 * Runs a test in many orders, one for each seed, to find those that break it. A failure
 * is thrown as it was, with its seed attached. Set the system property
 * {@value #SEED_PROPERTY} to run a single seed.
 */
public final class Interleavings {

	/** The system property that replays a seed. */
	public static final String SEED_PROPERTY = "greenroom.test.seed";

	private Interleavings() {
	}

	/**
	 * Runs a test with the seeds from 0 up, each on its own scheduler. The orders are the
	 * same in every build, so a passing test keeps passing.
	 * @param seeds the number of seeds
	 * @param test the test; green threads that it leaves running are run to their end
	 * after it
	 * @throws IllegalArgumentException if the number is less than 1
	 * @throws Exception the exception of the first test that fails
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
