package io.greenroom.green;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/** Thrown if a scheduler rejects work because it is shutting down or closed. */
public final class SchedulerClosedException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	SchedulerClosedException(String scheduler, String thread) {
		super("Green thread '" + thread + "' was not started: scheduler '" + scheduler
				+ "' is shutting down; spawn before the application context closes");
	}

}
