package io.greenroom.deferred.internal;

/**
 * A oneway call that was accepted and waits for the transaction it was made in. A thread
 * that watches that ends it, in one way or the other; a second end does nothing. Safe for
 * use by many threads. Its text names the handler and the method.
 */
public interface ReservedCall {

	/**
	 * Submits the call. Returns at once and never throws: the committed caller must not
	 * suffer for it.
	 */
	void submit();

	/** The call is never made. Never throws. */
	void giveBack();

}
