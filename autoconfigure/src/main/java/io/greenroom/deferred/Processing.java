package io.greenroom.deferred;

/** What lets the calls of a handler in. */
public enum Processing {

	/**
	 * The handler's own green thread: in its {@link ProcessingLoop} if it has one, and
	 * otherwise as soon as they arrive.
	 */
	OWNER,

	/** Any thread that calls {@link DeferredCalls#process()}. No thread is started. */
	MANUAL

}
