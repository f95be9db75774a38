package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;

/** Waits on a condition, at most for a time that no working code needs. */
final class Until {

	private static final Duration LONG = Duration.ofSeconds(20);

	private Until() {
	}

	static void until(String what, BooleanSupplier condition) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime() - start).as("waited for: " + what).isLessThan(LONG.toNanos());
			Thread.yield();
		}
	}

	/** Returns when the thread is parked in the given kind of wait. */
	static Thread parkedIn(Class<?> wait, Thread thread) {
		until(thread + " to wait in " + wait.getSimpleName(), () -> wait.isInstance(LockSupport.getBlocker(thread)));
		return thread;
	}

	static void ended(Iterable<Thread> threads) throws InterruptedException {
		for (Thread thread : threads) {
			assertThat(thread.join(LONG)).as("%s has ended", thread).isTrue();
		}
	}

}
