package io.greenroom.web;

/** On which thread a controller runs once it has its slot. */
public enum RunInPoolMode {

	/** As {@link #INLINE} on a virtual server thread, as {@link #HOP} on another. */
	AUTO,

	/**
	 * On the server's thread, which waits in line too. Nothing but the limit applies.
	 */
	INLINE,

	/**
	 * On a green thread, while the server's thread goes back; filters and interceptors
	 * see an asynchronous request. Where a request can't be asynchronous, as
	 * {@link #INLINE}.
	 */
	HOP;

	/** Whether what the calling thread is about to run runs elsewhere. */
	boolean hops() {
		return switch (this) {
			case AUTO -> !Thread.currentThread().isVirtual();
			case INLINE -> false;
			case HOP -> true;
		};
	}

}
