package io.greenroom.green;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The green threads of one scheduler that were started and have not ended, so that a
 * drain can wait for them and name those that are left.
 */
final class LiveThreads {

	// Striped so that spawns on different carriers seldom meet; each stripe guards its
	// set.
	private final Stripe[] stripes;

	private LiveThreads(int stripes, Supplier<Set<GreenThread<?>>> sets) {
		this.stripes = new Stripe[stripes];
		for (int i = 0; i < stripes; i++) {
			this.stripes[i] = new Stripe(sets.get());
		}
	}

	/** For many who add and remove at once; the order of a snapshot is any. */
	static LiveThreads striped() {
		return new LiveThreads(Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4,
				() -> Collections.newSetFromMap(new IdentityHashMap<>()));
	}

	/** For a worker: a snapshot is in the order of adding, in every run. */
	static LiveThreads inOrder() {
		return new LiveThreads(1, LinkedHashSet::new);
	}

	void add(GreenThread<?> thread) {
		stripeOf(thread).add(thread);
	}

	void remove(GreenThread<?> thread) {
		stripeOf(thread).remove(thread);
	}

	int count() {
		int count = 0;
		for (Stripe stripe : this.stripes) {
			count += stripe.size.get();
		}
		return count;
	}

	List<GreenThread<?>> snapshot() {
		List<GreenThread<?>> all = new ArrayList<>();
		for (Stripe stripe : this.stripes) {
			stripe.copyTo(all);
		}
		return all;
	}

	private Stripe stripeOf(GreenThread<?> thread) {
		int hash = System.identityHashCode(thread);
		return this.stripes[(hash ^ (hash >>> 8)) & (this.stripes.length - 1)];
	}

	private static final class Stripe {

		private final Set<GreenThread<?>> threads;

		private final AtomicInteger size = new AtomicInteger();

		Stripe(Set<GreenThread<?>> threads) {
			this.threads = threads;
		}

		synchronized void add(GreenThread<?> thread) {
			this.threads.add(thread);
			this.size.set(this.threads.size());
		}

		synchronized void remove(GreenThread<?> thread) {
			this.threads.remove(thread);
			this.size.set(this.threads.size());
		}

		synchronized void copyTo(List<GreenThread<?>> all) {
			all.addAll(this.threads);
		}

	}

}
