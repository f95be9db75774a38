package io.greenroom.spring.internal;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.green.GreenScheduler;

/**
 * What handlers are created with. Requested for each handler and not before the first
 * one, so that the post-processor, which is created early, does not initialize these
 * beans early.
 */
public interface HandlerNeeds {

	/**
	 * Returns the scheduler that runs the bodies.
	 * @return the scheduler
	 */
	GreenScheduler scheduler();

	/**
	 * Returns the default options of handlers.
	 * @return the options
	 */
	HandlerOptions options();

	/**
	 * Returns the transactions that callers may be in.
	 * @return the transactions
	 */
	CallerTransactions transactions();

}
