package io.greenroom.green.internal;

/**
 * How one thread of a worker waits: by giving its turn away. Park and unpark keep the
 * contract of {@link java.util.concurrent.locks.LockSupport}.
 */
public interface Turn {

	/** Returns the worker's time. */
	long nanoTime();

	/** Called by the thread itself. */
	void park(Object blocker);

	/** Called by the thread itself. */
	void parkNanos(Object blocker, long nanos);

	/** Called by the thread itself: lets the others go first. */
	void pause();

	/**
	 * Runs a short action later in the worker's time; returns what takes it back.
	 */
	Runnable schedule(long nanos, Runnable action);

	/** Called by anybody. */
	void unpark();

	/** Called by anybody: sets the flag and wakes the thread. */
	void interrupt();

	/**
	 * Called by the thread itself: whether its waits are for something outside of the
	 * worker, which comes in real time.
	 */
	void outside(boolean outside);

}
