package io.greenroom.deferred.internal;

/**
 * A oneway call that was accepted and waits for the end of the transaction it was made
 * in. It is either submitted or given back; further calls have no effect. Thread-safe.
 * Its {@code toString} names the handler and the method.
 */
public interface ReservedCall {

	/**
	 * Submits the call. Returns at once and never throws, because the caller has
	 * committed already.
	 */
	void submit();

	/** Gives the room of the call back; the call is never made. Never throws. */
	void giveBack();

}
