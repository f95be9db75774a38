package io.greenroom.green;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The green threads of one scheduler that were started and have not ended, so that a
 * drain can wait for them and name those that are left.
 */
final class LiveThreads {

	// Striped so that spawns on different carriers seldom meet; each stripe guards its
	// list.
	private final Stripe[] stripes;

	private LiveThreads(int stripes) {
		this.stripes = new Stripe[stripes];
		for (int i = 0; i < stripes; i++) {
			this.stripes[i] = new Stripe();
		}
	}

	/** For many who add and remove at once; the order of a snapshot is any. */
	static LiveThreads striped() {
		return new LiveThreads(Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4);
	}

	/** For a worker: a snapshot is in the order of adding, in every run. */
	static LiveThreads inOrder() {
		return new LiveThreads(1);
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
			count += stripe.size;
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

	/** By the name, whose hash each string keeps: names of one scheduler differ. */
	private Stripe stripeOf(GreenThread<?> thread) {
		int hash = thread.name().hashCode();
		return this.stripes[(hash ^ (hash >>> 8)) & (this.stripes.length - 1)];
	}

	/** A list through the threads themselves, so that being alive allocates nothing. */
	private static final class Stripe {

		/** Guarded by this. */
		private @Nullable GreenThread<?> youngest;

		/** Written under this, read without: a count need not be exact. */
		private volatile int size;

		synchronized void add(GreenThread<?> thread) {
			GreenThread<?> older = this.youngest;
			if (isIn(thread)) {
				return;
			}
			thread.olderLive = older;
			if (older != null) {
				older.youngerLive = thread;
			}
			this.youngest = thread;
			this.size++;
		}

		synchronized void remove(GreenThread<?> thread) {
			if (!isIn(thread)) {
				return;
			}
			GreenThread<?> older = thread.olderLive;
			GreenThread<?> younger = thread.youngerLive;
			if (older != null) {
				older.youngerLive = younger;
			}
			if (younger != null) {
				younger.olderLive = older;
			}
			else {
				this.youngest = older;
			}
			thread.olderLive = null;
			thread.youngerLive = null;
			this.size--;
		}

		/** The only one has no neighbours, like one that is not in. */
		private boolean isIn(GreenThread<?> thread) {
			return this.youngest == thread || thread.youngerLive != null;
		}

		/** The oldest first. */
		synchronized void copyTo(List<GreenThread<?>> all) {
			int from = all.size();
			for (GreenThread<?> thread = this.youngest; thread != null; thread = thread.olderLive) {
				all.add(thread);
			}
			Collections.reverse(all.subList(from, all.size()));
		}

	}

}
