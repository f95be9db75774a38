package io.greenroom.green;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The green threads of one scheduler that were started and have not ended, so that a
 * drain can wait for them and name those that are left.
 */
final class LiveThreads {

	// Striped so that spawns on different carriers seldom meet; each stripe guards its
	// set.
	private final Stripe[] stripes;

	LiveThreads() {
		this.stripes = new Stripe[Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4];
		for (int i = 0; i < this.stripes.length; i++) {
			this.stripes[i] = new Stripe();
		}
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

		private final Set<GreenThread<?>> threads = Collections.newSetFromMap(new IdentityHashMap<>());

		private final AtomicInteger size = new AtomicInteger();

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
