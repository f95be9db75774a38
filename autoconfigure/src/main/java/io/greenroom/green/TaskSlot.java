package io.greenroom.green;

import org.jspecify.annotations.Nullable;

/**
 * The slot of a pool as seen by the green thread that runs in it. Implementations must be
 * thread-safe.
 */
interface TaskSlot {

	/** Returns whether the pool is starting the task at this moment. */
	boolean starting();

	/** Returns {@code true} to the first caller only. */
	boolean claimKill();

	/** Returns the slot with the end of its task. */
	void taskEnded(@Nullable Throwable failure);

}
