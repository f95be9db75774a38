package io.greenroom.green.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/**
 * Decides which of the ready threads goes next. Guarded by the lock of its
 * {@link RunQueue}.
 */
sealed interface Order<S> {

	void add(S step);

	@Nullable S poll();

	int size();

	/** First come, first served. */
	record InTurn<S>(Deque<S> steps) implements Order<S> {

		InTurn() {
			this(new ArrayDeque<>());
		}

		@Override
		public void add(S step) {
			this.steps.add(step);
		}

		@Override
		public @Nullable S poll() {
			return this.steps.poll();
		}

		@Override
		public int size() {
			return this.steps.size();
		}

	}

	/**
	 * Random order. {@link Random} yields the same numbers for a seed on every JDK.
	 */
	record ByLot<S>(List<S> steps, Random random) implements Order<S> {

		ByLot(long seed) {
			this(new ArrayList<>(), new Random(seed));
		}

		@Override
		public void add(S step) {
			this.steps.add(step);
		}

		@Override
		public @Nullable S poll() {
			if (this.steps.isEmpty()) {
				return null;
			}
			int drawn = this.random.nextInt(this.steps.size());
			S last = this.steps.removeLast();
			return (drawn == this.steps.size()) ? last : this.steps.set(drawn, last);
		}

		@Override
		public int size() {
			return this.steps.size();
		}

	}

}
