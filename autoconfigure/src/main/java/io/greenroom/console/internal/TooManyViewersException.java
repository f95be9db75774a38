package io.greenroom.console.internal;

import java.io.Serial;

/** There is no room for one more viewer, or none at all any more. */
final class TooManyViewersException extends Exception {

	@Serial
	private static final long serialVersionUID = 1L;

	TooManyViewersException(String message) {
		super(message, null, false, false);
	}

}
