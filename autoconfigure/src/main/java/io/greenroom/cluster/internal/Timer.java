package io.greenroom.cluster.internal;

import java.time.Duration;

/** Time as the protocol between nodes sees it. Safe for use by many threads. */
public interface Timer {

	/**
	 * Returns the time, which only differences are of use of.
	 * @return nanoseconds
	 */
	long nanoTime();

	/**
	 * Has something done later, on another thread.
	 * @param delay how much later
	 * @param action what is done; it waits for nothing
	 */
	void after(Duration delay, Runnable action);

}
