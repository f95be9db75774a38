package io.greenroom.deferred.internal;

import io.greenroom.green.DrainedService;

/**
 * Who looks after a handler in its scheduler's place: keeps it alive while it is awake,
 * and brings it to its end with the scheduler. Called under the handler's lock.
 */
interface HandlerHome {

	/** The handler is called for the first time. */
	void attach(DrainedService handler);

	/** The handler is awake. */
	void retain(DrainedService handler);

	/** The handler has given its thread back, and lives as long as somebody wants it. */
	void release(DrainedService handler);

	/** The handler has ended. */
	void detach(DrainedService handler);

}
