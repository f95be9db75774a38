package io.greenroom.observe;

import java.util.List;

/**
 * What a thread is parked on, given to {@link java.util.concurrent.locks.LockSupport} as
 * the blocker, where other threads have to go on first. So a part that looks for circles
 * of waits sees those that go through another part, and a wait costs nothing for it.
 * <p>
 * Implementations are safe for use by many threads.
 */
public interface WaitedFor {

	/**
	 * Returns the threads that have to go on for the wait to end.
	 * @return those of this moment; empty where none is known
	 */
	List<Thread> heldBy();

	/**
	 * Names what is waited for, for messages.
	 * @return a name such as {@code Clerk}
	 */
	String name();

}
