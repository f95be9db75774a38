package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * What the holder of a handler writes for each call, and the padding before it; the
 * padding behind it is in {@link Hold}. On a cache line with something that callers read,
 * such as the handler, each write would take the line away from them; see
 * {@link WordPadding}.
 */
@SuppressWarnings("unused") // the padding is never used
abstract class HoldPadding {

	private int g0;

	private long g1, g2, g3, g4, g5, g6, g7, g8;

	abstract static class Bodies extends HoldPadding {

		/**
		 * What runs now. Written by the holding thread; other threads read it for
		 * messages.
		 */
		volatile @Nullable Call running;

		/**
		 * Whether the next entry into the target's own proxy is the body of the running
		 * call. Confined to the holding thread.
		 */
		boolean entering;

		/**
		 * Since when it runs, in {@link System#nanoTime()}; zero if calls are not timed.
		 * Written by the holding thread; other threads read it for messages and may see
		 * an outdated value.
		 */
		long begun;

	}

}
