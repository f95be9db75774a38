package io.greenroom.deferred.internal;

import java.util.concurrent.locks.LockSupport;

/** Lets tests of what users see reach what they can't: the moments in between. */
public final class Inside {

	private Inside() {
	}

	/**
	 * Has the owner give its thread back now, which it does by itself after a second.
	 * @param handler the handler
	 */
	public static void rest(Handler handler) {
		handler.rest();
	}

	/**
	 * Returns whether a loop's thread waits for its restart.
	 * @param thread the thread of the loop
	 * @return whether it does
	 */
	public static boolean isInBackOff(Thread thread) {
		return LockSupport.getBlocker(thread) instanceof UserLoop;
	}

}
