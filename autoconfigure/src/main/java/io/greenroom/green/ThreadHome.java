package io.greenroom.green;

import io.greenroom.green.internal.Engine;

/**
 * What a green thread needs from its scheduler. Implementations must be thread-safe.
 */
interface ThreadHome {

	/** Returns what runs the thread. */
	Engine engine();

	/**
	 * Adds the thread to the living threads.
	 * @throws SchedulerClosedException if no more threads are taken
	 */
	void admit(GreenThread<?> thread);

	/** Removes the thread. Has no effect on an unknown thread. */
	void release(GreenThread<?> thread);

	/** Reports a failure that is not observed otherwise. */
	void unobserved(GreenThread<?> thread, Throwable failure);

}
