package io.greenroom.durable.internal;

import org.jspecify.annotations.Nullable;

/**
 * The answers to calls of other nodes, as {@link RowStore#write} has stored them. For
 * integrations; not intended for applications. Safe for use by many threads. Every method
 * blocks while it accesses the database.
 */
public interface CallStore {

	/**
	 * Checks, before the first call, whether calls can be stored.
	 * @throws IllegalStateException if they cannot; the message says what to do
	 */
	void open();

	/**
	 * Looks up a call.
	 * @param id the id of the call
	 * @return its stored answer, or {@code null} if nothing was stored
	 */
	@Nullable String find(String id);

	/**
	 * Deletes calls whose callers no longer ask.
	 * @return the number of deleted calls
	 */
	int forget();

}
