package io.greenroom.observe;

/** How a call reached its handler. */
public enum CallMode {

	/** The caller waits. */
	SYNC,

	/** The caller does not wait and hears nothing. */
	ONEWAY,

	/** The caller holds a future. */
	ASYNC

}
