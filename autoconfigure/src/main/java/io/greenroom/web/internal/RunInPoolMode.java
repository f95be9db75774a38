package io.greenroom.web.internal;

/** Determines the thread on which a controller runs. */
public enum RunInPoolMode {

	/** Same as {@link #INLINE}, on the server's threads of whatever kind. */
	AUTO,

	/**
	 * The server's thread runs the controller, and also waits in line. Only the limit
	 * applies.
	 */
	INLINE,

	/**
	 * A green thread runs the controller, and the server's thread is released. Filters
	 * and interceptors see an asynchronous request, as for a controller that returns a
	 * {@code
	 * Callable}. If a request does not support async, the same as {@link #INLINE}.
	 */
	HOP

}
