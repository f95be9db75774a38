package io.greenroom.green;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/** Thrown if a {@link GreenPool} rejects work because it is closing or closed. */
public final class PoolClosedException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	PoolClosedException(String pool) {
		super("Pool '" + pool + "' is closed; submit work before it closes with the application context");
	}

}
