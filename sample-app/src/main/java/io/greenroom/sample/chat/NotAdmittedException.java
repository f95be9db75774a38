package io.greenroom.sample.chat;

import java.io.Serial;

/** Somebody can't come in. */
final class NotAdmittedException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String why;

	NotAdmittedException(String why) {
		super(why);
		this.why = why;
	}

	/** Returns the reason, in words for them. */
	String why() {
		return this.why;
	}

}
