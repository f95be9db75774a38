package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * The parts of {@link MailboxWords}, in their order in memory. The JVM puts the fields of
 * a superclass before those of its subclasses, and fills holes that it finds, so the
 * padding leaves none.
 */
@SuppressWarnings("unused") // the padding is never used
final class WordPadding {

	private WordPadding() {
	}

	abstract static class BeforeCallers {

		private int g0;

		private long g1, g2, g3, g4, g5, g6, g7, g8;

	}

	/**
	 * What callers write at each call: eight bytes, so that no cache line ends between
	 * them.
	 */
	abstract static class Callers extends BeforeCallers {

		/**
		 * How many calls came in, without those that gave their room back. Like all
		 * counts here it may overflow, because only differences matter.
		 */
		volatile int came;

		/** The newest call, or a mark. */
		volatile @Nullable Call top;

	}

	/** What callers read, and seldom write. */
	abstract static class Known extends Callers {

		/**
		 * How far {@link #came} may go without reading {@code went}, which only grows, so
		 * an old value is too low.
		 */
		volatile int known;

		/** The value of {@code went} when a caller last checked whether it grows. */
		int wentBefore;

	}

	abstract static class BetweenBoth extends Known {

		private long g1, g2, g3, g4, g5, g6, g7, g8;

	}

	/** What the processor writes. */
	abstract static class Processors extends BetweenBoth {

		/** How many calls were taken; written by one thread at a time. */
		volatile int went;

		/** The last place assigned in the line. */
		int lastOrder;

	}

	abstract static class AfterProcessors extends Processors {

		private long g1, g2, g3, g4, g5, g6, g7, g8;

	}

}
