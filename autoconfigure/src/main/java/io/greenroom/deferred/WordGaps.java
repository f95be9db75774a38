package io.greenroom.deferred;

import org.jspecify.annotations.Nullable;

/**
 * The parts of {@link Words}, in the order in which they lie in memory: the JVM puts the
 * fields of a superclass before those of its subclasses.
 */
@SuppressWarnings("unused") // the gaps are only to be there
final class WordGaps {

	private WordGaps() {
	}

	abstract static class BeforeCallers {

		private long g1, g2, g3, g4, g5, g6, g7, g8;

	}

	/** What callers write. */
	abstract static class Callers extends BeforeCallers {

		/** How many calls came in; without those that gave their room back. */
		volatile long came;

		/**
		 * How far {@link #came} may go without a look at what went: that only grows, so
		 * an old value is too low.
		 */
		volatile long known;

		/** The newest call, or a mark. */
		volatile @Nullable Call top;

	}

	abstract static class BetweenBoth extends Callers {

		private long g1, g2, g3, g4, g5, g6, g7, g8;

	}

	/** What the processor writes. */
	abstract static class Processors extends BetweenBoth {

		/** How many calls were taken; written by one thread at a time. */
		volatile long went;

	}

	abstract static class AfterProcessors extends Processors {

		private long g1, g2, g3, g4, g5, g6, g7, g8;

	}

}
