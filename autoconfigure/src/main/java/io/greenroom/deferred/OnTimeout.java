package io.greenroom.deferred;

/** What happens to a body when its caller's time is over. */
public enum OnTimeout {

	/** It is left to finish. Its result is dropped and counted. */
	FINISH,

	/**
	 * It is interrupted. Note that an interrupt closes the socket or channel that the
	 * body is blocked on, such as that of a pooled database connection.
	 */
	INTERRUPT

}
