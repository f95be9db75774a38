package io.greenroom.testkit;

import org.jetbrains.lincheck.Lincheck;

/**
 * Plays a scene under a model checker, which decides itself when threads take turns. The
 * system property {@code greenroom.model.schedules} says how many schedules to try; the
 * build tries few. Tests that use it bear the tag {@code model}, and have a JVM of their
 * own.
 */
public final class Models {

	private static final int SCHEDULES = Integer.getInteger("greenroom.model.schedules", 30);

	private Models() {
	}

	/** Plays a scene in a few schedules. */
	public static void explore(Scenario scenario) {
		explore(1, scenario);
	}

	/**
	 * Plays a scene in more schedules.
	 * @param times how many times as many as usual
	 */
	public static void explore(int times, Scenario scenario) {
		Lincheck.runConcurrentTest(times * SCHEDULES, () -> {
			try {
				scenario.play();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	/** Fails unless something holds. The checker cannot see into other assertions. */
	public static void check(boolean holds, String what) {
		if (!holds) {
			throw new AssertionError(what);
		}
	}

	/** Starts another thread of the scene. */
	public static Thread start(Step body) {
		Thread thread = new Thread(() -> {
			try {
				body.run();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		thread.start();
		return thread;
	}

	/** What threads do together. */
	@FunctionalInterface
	public interface Scenario {

		void play() throws InterruptedException;

	}

	/** What one of them does. */
	@FunctionalInterface
	public interface Step {

		void run() throws InterruptedException;

	}

}
