package io.greenroom.web.internal;

/** On which thread a controller runs once it has its slot. */
public enum RunInPoolMode {

	/** As {@link #INLINE}, on whichever threads the server has. */
	AUTO,

	/**
	 * On the server's thread, which waits in line too. Nothing but the limit applies.
	 */
	INLINE,

	/**
	 * On a green thread, while the server's thread goes back; filters and interceptors
	 * see an asynchronous request, as for a controller that returns a {@code Callable}.
	 * Where a request can't be asynchronous, as {@link #INLINE}.
	 */
	HOP

}
