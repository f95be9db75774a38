package io.greenroom.test;

import java.util.Set;

import io.greenroom.green.GreenThread;
import io.greenroom.green.worker.Lead;
import io.greenroom.green.worker.WorkerStuckException;
import org.jspecify.annotations.Nullable;

/**
 * One test whose thread leads a deterministic scheduler: what was alive before is not
 * what it leaves behind. For integrations of test frameworks; confined to the thread of
 * the test.
 */
public final class LedTest {

	private final DeterministicScheduler scheduler;

	private final Lead lead;

	private final Set<GreenThread<?>> before;

	private LedTest(DeterministicScheduler scheduler) {
		this.scheduler = scheduler;
		this.lead = scheduler.lead();
		this.before = Set.copyOf(Leftovers.threads(scheduler.scheduler()));
	}

	/**
	 * Lets the current thread lead a scheduler.
	 * @param scheduler the scheduler
	 * @return the test, which must be ended on the same thread
	 */
	public static LedTest begin(DeterministicScheduler scheduler) {
		return new LedTest(scheduler);
	}

	/**
	 * Returns the scheduler.
	 * @return the scheduler
	 */
	public DeterministicScheduler scheduler() {
		return this.scheduler;
	}

	/**
	 * Runs what can still move by itself, and stops leading.
	 * @return what the test has left behind, or {@code null} if there is nothing
	 */
	public @Nullable AssertionError end() {
		IllegalStateException stuck = null;
		try (this.lead) {
			this.scheduler.settle();
		}
		catch (WorkerStuckException waiting) {
			stuck = waiting;
		}
		catch (RuntimeException failed) {
			return new AssertionError("The test has left work behind that failed after it: " + failed.getMessage(),
					failed);
		}
		AssertionError left = Leftovers.of(this.scheduler.scheduler(), this.before);
		if (left != null && stuck != null) {
			left.addSuppressed(stuck);
		}
		return left;
	}

}
