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

	// Striped so that spawns on different carriers seldom contend; each stripe guards its
	// list.
	private final Stripe[] stripes;

	private LiveThreads(int stripes) {
		this.stripes = new Stripe[stripes];
		for (int i = 0; i < stripes; i++) {
			this.stripes[i] = new Stripe();
		}
	}

	/**
	 * Returns an instance for many concurrent changes. The order of a snapshot is
	 * undefined.
	 */
	static LiveThreads striped() {
		return new LiveThreads(Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4);
	}

	/**
	 * Returns an instance for a worker. A snapshot is in the order of adding, in every
	 * run.
	 */
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

	/**
	 * Chooses by the name, whose hash is cached by the string; names within a scheduler
	 * differ.
	 */
	private Stripe stripeOf(GreenThread<?> thread) {
		int hash = thread.name().hashCode();
		return this.stripes[(hash ^ (hash >>> 8)) & (this.stripes.length - 1)];
	}

	/**
	 * A list linked through the threads themselves, so that being alive allocates
	 * nothing.
	 */
	private static final class Stripe {

		/** Guarded by this. */
		private @Nullable GreenThread<?> youngest;

		/**
		 * Writes are guarded by this. Read without the lock, because a count need not be
		 * exact.
		 */
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

		/** A single thread has no neighbours, like one that is not in the list. */
		private boolean isIn(GreenThread<?> thread) {
			return this.youngest == thread || thread.youngerLive != null;
		}

		/** Adds the threads to the list, oldest first. */
		synchronized void copyTo(List<GreenThread<?>> all) {
			int from = all.size();
			for (GreenThread<?> thread = this.youngest; thread != null; thread = thread.olderLive) {
				all.add(thread);
			}
			Collections.reverse(all.subList(from, all.size()));
		}

	}

}
