package io.greenroom.deferred;

/** Who lets the calls of a handler in. */
public enum Processing {

	/**
	 * The handler's own green thread: through its {@link ProcessingLoop} if it has one,
	 * as soon as they arrive if not.
	 */
	OWNER,

	/** Whichever thread calls {@link DeferredCalls#process()}; none is started. */
	MANUAL

}
