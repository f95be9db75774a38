package io.greenroom.deferred;

/**
 * Says of the threads that call a handler whether bodies may run on them. The core knows
 * of nothing against it; an integration that binds things to threads, transactions for
 * one, says so here. Implementations must be safe for use by many threads, and quick.
 */
@FunctionalInterface
public interface CallerThread {

	/** No thread ever has anything that a body must not meet. */
	CallerThread FREE = () -> false;

	/**
	 * Returns whether something belongs to the calling thread that no body of another
	 * call may meet, and that the scheduler's context carrier does not carry.
	 * @return whether the call must go to the handler's owner
	 */
	boolean isBound();

}
