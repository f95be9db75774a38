package io.greenroom.green;

import io.greenroom.green.internal.Engine;

/**
 * What a green thread needs of the scheduler it belongs to. Implementations are safe for
 * use by many threads.
 */
interface ThreadHome {

	/** Returns who runs the thread. */
	Engine engine();

	/**
	 * Takes the thread among the living.
	 * @throws SchedulerClosedException if no more threads are taken
	 */
	void admit(GreenThread<?> thread);

	/** Forgets the thread. Does nothing for one it does not know. */
	void release(GreenThread<?> thread);

	/** Reports a failure that nobody else is told of. */
	void unobserved(GreenThread<?> thread, Throwable failure);

}
