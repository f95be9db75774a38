package io.greenroom.console.internal;

import java.io.Serial;

/** Thrown if there is no room for another viewer, or if no more viewers are accepted. */
final class TooManyViewersException extends Exception {

	@Serial
	private static final long serialVersionUID = 1L;

	TooManyViewersException(String message) {
		super(message, null, false, false);
	}

}
