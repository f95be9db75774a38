package io.greenroom.deferred;

import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;

/**
 * Who looks after a handler that is awake, keeps it alive, and brings it to its end with
 * the scheduler. Called under the handler's lock.
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

	/** Returns the home of handlers that are services of the scheduler themselves. */
	static HandlerHome of(GreenScheduler scheduler) {
		return new HandlerHome() {

			@Override
			public void attach(DrainedService handler) {
				scheduler.attach(handler);
			}

			@Override
			public void retain(DrainedService handler) {
				scheduler.retain(handler);
			}

			@Override
			public void release(DrainedService handler) {
				scheduler.release(handler);
			}

			@Override
			public void detach(DrainedService handler) {
				scheduler.detach(handler);
			}

		};
	}

}
