package io.greenroom.green;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/** Rejects work for a scheduler that is shutting down or closed. */
public final class SchedulerClosedException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	SchedulerClosedException(String scheduler, String thread) {
		super("Green thread '" + thread + "' was not started: scheduler '" + scheduler
				+ "' is shutting down; spawn before the application context closes");
	}

}
