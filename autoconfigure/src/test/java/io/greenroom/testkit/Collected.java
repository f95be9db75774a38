package io.greenroom.testkit;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for the garbage collector to have done its work. */
public final class Collected {

	private static final long LIMIT = Duration.ofSeconds(60).toNanos();

	private static final long PAUSE = Duration.ofMillis(50).toNanos();

	private Collected() {
	}

	/** Collects until the condition holds, or fails. */
	public static void await(BooleanSupplier condition) throws InterruptedException {
		await("what is waited for", condition);
	}

	private static void await(String what, BooleanSupplier condition) throws InterruptedException {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - start > LIMIT) {
				throw new AssertionError("Still not collected: " + what);
			}
			collect();
			// What is let go by a timer isn't so sooner for many collections.
			LockSupport.parkNanos(PAUSE);
		}
	}

	/** Collects until what is referred to is gone, or fails. */
	public static void await(Reference<?> reference) throws InterruptedException {
		await(List.of(reference));
	}

	/** Collects until all that is referred to is gone, or fails. */
	public static void await(Collection<? extends Reference<?>> references) throws InterruptedException {
		await("what is waited for", references);
	}

	/** Collects until all that is referred to is gone, or fails and says what it was. */
	public static void await(String what, Collection<? extends Reference<?>> references) throws InterruptedException {
		await(what, () -> references.stream().allMatch((reference) -> reference.refersTo(null)));
	}

	/** Returns when the references of one garbage collection have been queued. */
	private static void collect() throws InterruptedException {
		ReferenceQueue<Object> queue = new ReferenceQueue<>();
		Reference<Object> witness = new PhantomReference<>(new Object(), queue);
		try {
			System.gc();
			queue.remove(1000);
		}
		finally {
			Reference.reachabilityFence(witness);
		}
	}

}
