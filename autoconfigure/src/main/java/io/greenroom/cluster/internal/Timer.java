package io.greenroom.cluster.internal;

import java.time.Duration;

/** The clock and timer of the protocol. Safe for use by multiple threads. */
public interface Timer {

	/**
	 * Returns the time. As with {@link System#nanoTime()}, only differences mean
	 * something.
	 * @return nanoseconds
	 */
	long nanoTime();

	/**
	 * Runs an action later, on another thread.
	 * @param delay the delay
	 * @param action the action, which must not block
	 */
	void after(Duration delay, Runnable action);

}
