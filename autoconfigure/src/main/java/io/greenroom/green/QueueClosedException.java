package io.greenroom.green;

import java.io.Serial;

/** Rejects to put into a closed {@link GreenQueue}, or to take past its end. */
public final class QueueClosedException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	QueueClosedException(String message) {
		super(message);
	}

}
