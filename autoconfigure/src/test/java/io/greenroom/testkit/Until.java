package io.greenroom.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;

/** Waits for a condition, and fails after a time that no working code needs. */
public final class Until {

	private static final Duration LONG = Duration.ofSeconds(20);

	private Until() {
	}

	public static void until(String what, BooleanSupplier condition) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime() - start).as("waited for: " + what).isLessThan(LONG.toNanos());
			Thread.yield();
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
