package io.greenroom.green.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.WeakHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Decides which of the ready threads goes next. Guarded by the lock of its
 * {@link RunQueue}.
 */
sealed interface Order<S> {

	void add(S step);

	/** Adds a thread that was running and lets the others go first. */
	default void addYielded(S step) {
		add(step);
	}

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

	/**
	 * The thread with the highest priority goes first. Each gets a random priority when
	 * it is first seen, and falls below all others when it yields and at a few random
	 * steps. An error that needs few switches at the right steps is found with a known
	 * probability, however many threads and steps there are, if the steps are drawn from
	 * about as many as the run has (Burckhardt, Kothari, Musuvathi, Nagarakatte: A
	 * Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010).
	 * <p>
	 * How many steps a run will have is unknown, so the seed draws that as well.
	 * Otherwise a seed alone would not replay a run.
	 */
	final class ByPriority<S> implements Order<S> {

		/** The bounds of the drawn number of steps, as powers of two. */
		private static final int SHORTEST = 3;

		private static final int LONGEST = 9;

		/** How many steps at most change a priority. */
		private static final int MOST_CHANGES = 3;

		private final List<S> steps = new ArrayList<>();

		/** Does not keep threads that have ended. */
		private final Map<S, Double> priorities = new WeakHashMap<>();

		private final Random random;

		/** The steps, by number, at which the thread that comes next falls instead. */
		private final Set<Integer> changes = new HashSet<>();

		private int taken;

		/** The lowest priority that was given; new threads get positive ones. */
		private double lowest;

		ByPriority(long seed) {
			this.random = new Random(seed);
			int length = 1 << (SHORTEST + this.random.nextInt(LONGEST - SHORTEST + 1));
			int number = 1 + this.random.nextInt(MOST_CHANGES);
			for (int i = 0; i < number; i++) {
				this.changes.add(this.random.nextInt(length));
			}
		}

		@Override
		public void add(S step) {
			if (!this.priorities.containsKey(step)) {
				this.priorities.put(step, this.random.nextDouble());
			}
			this.steps.add(step);
		}

		@Override
		public void addYielded(S step) {
			fall(step);
			this.steps.add(step);
		}

		private void fall(S step) {
			this.lowest--;
			this.priorities.put(step, this.lowest);
		}

		@Override
		public @Nullable S poll() {
			if (this.steps.isEmpty()) {
				return null;
			}
			if (this.changes.contains(this.taken)) {
				fall(this.steps.get(highest()));
			}
			this.taken++;
			return this.steps.remove(highest());
		}

		/** Returns the index of the thread with the highest priority. */
		private int highest() {
			int found = 0;
			for (int i = 1; i < this.steps.size(); i++) {
				if (priority(i) > priority(found)) {
					found = i;
				}
			}
			return found;
		}

		private double priority(int index) {
			return this.priorities.getOrDefault(this.steps.get(index), this.lowest);
		}

		@Override
		public int size() {
			return this.steps.size();
		}

	}

}
