package io.greenroom.green;

import java.io.Serial;

/** Thrown by a put into a closed {@link GreenQueue}, or a take past its end. */
public final class QueueClosedException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	QueueClosedException(String message) {
		super(message);
	}

}
