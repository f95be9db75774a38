package io.greenroom.durable.internal;

import org.jspecify.annotations.Nullable;

/**
 * The calls of other nodes that were made, as {@link RowStore#write} has stored them. For
 * integrations; users don't need this. Safe for use by many threads; every method blocks
 * for as long as the database takes.
 */
public interface CallStore {

	/**
	 * Looks whether calls can be kept, before the first is.
	 * @throws IllegalStateException if they can't; says what to do
	 */
	void open();

	/**
	 * Looks a call up.
	 * @param id which
	 * @return what came of it, {@code null} if nothing was stored
	 */
	@Nullable String find(String id);

	/**
	 * Forgets calls that nobody asks for any more.
	 * @return how many
	 */
	int forget();

}
