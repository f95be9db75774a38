package io.greenroom.deferred;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Waits for the garbage collector. */
public final class Collected {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private Collected() {
	}

	/**
	 * Waits until what is referred to has been collected; fails if that takes too long.
	 */
	public static void await(Reference<?> reference) {
		await(List.of(reference));
	}

	/**
	 * Waits until all that is referred to has been collected; fails if that takes too
	 * long.
	 */
	public static void await(Collection<? extends Reference<?>> references) {
		long end = System.nanoTime() + LIMIT.toNanos();
		long left = count(references);
		while (left > 0 && System.nanoTime() < end) {
			System.gc();
			Thread.yield();
			left = count(references);
		}
		assertThat(left).as("objects that are still referred to, of %d", references.size()).isZero();
	}

	private static long count(Collection<? extends Reference<?>> references) {
		return references.stream().filter((reference) -> reference.get() != null).count();
	}

}
