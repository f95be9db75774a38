package io.greenroom.observe;

import java.util.List;

/**
 * What a thread is parked on if other threads must go on first, passed to
 * {@link java.util.concurrent.locks.LockSupport} as the blocker. A part that searches for
 * circles of waits thereby sees those that lead through other parts, at no cost to a
 * wait.
 * <p>
 * Implementations must be thread-safe.
 */
public interface WaitedFor {

	/**
	 * Returns the threads that must go on for the wait to end.
	 * @return the threads at this moment; empty if none are known
	 */
	List<Thread> heldBy();

	/**
	 * Names what is waited for, for messages.
	 * @return a name such as {@code Clerk}
	 */
	String name();

}
