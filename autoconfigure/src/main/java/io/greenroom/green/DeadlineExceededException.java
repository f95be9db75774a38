package io.greenroom.green;

import java.io.Serial;
import java.time.Duration;

/** Thrown if a {@link Deadline} has passed before the work was done. */
public final class DeadlineExceededException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	DeadlineExceededException(Duration limit) {
		super("The deadline has passed: the work had " + limit + "; give it more time, or less to do");
	}

}
