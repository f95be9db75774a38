package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * What the holder of a handler writes for each call, and the gap before it; the gap
 * behind it is in {@link Hold}. On a cache line with something that callers read, such as
 * the handler, that would take the line away from them each time; see
 * {@link WordPadding}.
 */
@SuppressWarnings("unused") // the gap is only to be there
abstract class HoldPadding {

	private int g0;

	private long g1, g2, g3, g4, g5, g6, g7, g8;

	abstract static class Bodies extends HoldPadding {

		/** What runs now. Written by the holding thread; others read it for messages. */
		volatile @Nullable Call running;

		/**
		 * Whether the next entry into the target's own proxy is the body of the running
		 * call. Confined to the holding thread.
		 */
		boolean entering;

		/**
		 * Since when it runs; zero where nobody wants times. Written by the holding
		 * thread; others read it for messages, whatever they may see.
		 */
		long begun;

	}

}
