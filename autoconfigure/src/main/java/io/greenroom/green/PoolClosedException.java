package io.greenroom.green;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/** Rejects work for a {@link GreenPool} that is closing or closed. */
public final class PoolClosedException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	PoolClosedException(String pool) {
		super("Pool '" + pool + "' is closed; hand work in before it closes with the application context");
	}

}
