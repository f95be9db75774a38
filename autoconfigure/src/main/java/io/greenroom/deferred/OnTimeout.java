package io.greenroom.deferred;

/** What happens to a body when its caller's time is over. */
public enum OnTimeout {

	/** It is left to finish; its result is dropped and counted. */
	FINISH,

	/**
	 * It is interrupted. Mind that an interrupt closes the socket or channel that the
	 * body is blocked on, a pooled database connection among them.
	 */
	INTERRUPT

}
