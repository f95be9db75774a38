package io.greenroom.deferred.internal;

import io.greenroom.green.DrainedService;

/**
 * Manages a handler in place of its scheduler: keeps it alive while it is awake, and ends
 * it with the scheduler. Its methods are called under the handler's lock.
 */
interface HandlerHome {

	/** Called at the first call of the handler. */
	void attach(DrainedService handler);

	/** Called when the handler is awake. */
	void retain(DrainedService handler);

	/**
	 * Called when the handler has given its thread back, and is kept alive by references
	 * only.
	 */
	void release(DrainedService handler);

	/** Called when the handler has ended. */
	void detach(DrainedService handler);

}
