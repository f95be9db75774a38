package io.greenroom.sample.chat;

import java.io.Serial;

/** Thrown when a member is not admitted to the room. */
final class NotAdmittedException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String why;

	NotAdmittedException(String why) {
		super(why);
		this.why = why;
	}

	/** Returns the reason, in words for the member. */
	String why() {
		return this.why;
	}

}
