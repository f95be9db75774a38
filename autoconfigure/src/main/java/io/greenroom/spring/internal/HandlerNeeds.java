package io.greenroom.spring.internal;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.green.GreenScheduler;

/**
 * What handlers are made with. Asked for each handler and not before the first, so that a
 * post-processor, which is made early, makes none of it early.
 */
public interface HandlerNeeds {

	/**
	 * Returns what runs the bodies.
	 * @return the scheduler
	 */
	GreenScheduler scheduler();

	/**
	 * Returns the options of handlers that do not say otherwise.
	 * @return the options
	 */
	HandlerOptions options();

	/**
	 * Returns the transactions that callers may be in.
	 * @return the transactions
	 */
	CallerTransactions transactions();

}
