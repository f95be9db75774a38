package io.greenroom.green.internal;

import org.jspecify.annotations.Nullable;

/**
 * How one thread of a worker waits: by giving up its turn. Park and unpark follow the
 * contract of {@link java.util.concurrent.locks.LockSupport}.
 */
public interface Turn {

	/** Returns the worker's time, in nanoseconds. */
	long nanoTime();

	/** Called by the thread itself. */
	void park(Object blocker);

	/** Called by the thread itself. */
	void parkNanos(Object blocker, long nanos, Timing timing);

	/** Returns what the thread is parked on, {@code null} if it is not. */
	@Nullable Object blocker();

	/** Yields to the others. Called by the thread itself. */
	void pause();

	/**
	 * Runs a short action after the given nanoseconds of the worker's time; returns an
	 * action that cancels it.
	 */
	Runnable schedule(long nanos, Timing timing, Runnable action);

	/** May be called by any thread. */
	void unpark();

	/** Sets the interrupt flag and wakes the thread. May be called by any thread. */
	void interrupt();

	/**
	 * Sets whether the waits of the thread are for something outside the worker, which
	 * comes in real time. Called by the thread itself.
	 */
	void outside(boolean outside);

}
