package io.greenroom.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Waits for a condition, and fails after a time that no working code needs. Can be called
 * on any thread: it gives the core away while it waits.
 */
public final class Until {

	private static final Duration LONG = Duration.ofSeconds(30);

	/**
	 * Two virtual threads that only yield would keep both carriers of a small machine.
	 */
	private static final long PAUSE = 100_000;

	/** What holds soon is seen without a pause. */
	private static final int LOOKS_AT_ONCE = 100;

	private Until() {
	}

	public static void until(String what, BooleanSupplier condition) {
		until(what, LONG, condition);
	}

	/** Waits likewise, for what takes its time on a slow machine. */
	public static void until(String what, Duration limit, BooleanSupplier condition) {
		long start = System.nanoTime();
		for (int looks = 0; !condition.getAsBoolean(); looks++) {
			if (System.nanoTime() - start > limit.toNanos()) {
				throw new AssertionError("Waited %s s for: %s".formatted(limit.toSeconds(), what));
			}
			if (looks < LOOKS_AT_ONCE || Thread.currentThread().isInterrupted()) {
				Thread.yield();
			}
			else {
				LockSupport.parkNanos(PAUSE);
			}
		}
	}

	/** Returns when the thread is parked in the given kind of wait. */
	public static Thread parkedIn(Class<?> wait, Thread thread) {
		until(thread + " to wait in " + wait.getSimpleName(), () -> wait.isInstance(LockSupport.getBlocker(thread)));
		return thread;
	}

	/** Returns when the thread waits for something. */
	public static Thread waiting(Thread thread) {
		until(thread + " to wait",
				() -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
		return thread;
	}

	public static void ended(Iterable<Thread> threads) throws InterruptedException {
		for (Thread thread : threads) {
			assertThat(thread.join(LONG)).as("%s has ended", thread).isTrue();
		}
	}

}
