package io.greenroom.green;

import org.jspecify.annotations.Nullable;

/**
 * The slot of a pool as the green thread that runs in it knows it. Implementations are
 * safe for use by many threads.
 */
interface TaskSlot {

	/** Returns whether the pool is starting the task at this moment. */
	boolean starting();

	/** Returns {@code true} to the first who asks. */
	boolean claimKill();

	/** Returns the slot with the end of its task. */
	void taskEnded(@Nullable Throwable failure);

}
