package io.greenroom.durable.internal;

/**
 * What is delivered one after the other: the stored calls of a handler and key. Users
 * don't need this.
 *
 * @param handler the handler's name in the database
 * @param key the text of the key, empty for a handler without keys
 */
public record Lane(String handler, String key) {

	/**
	 * Makes a lane.
	 * @throws IllegalArgumentException if a name can't be stored
	 */
	public Lane {
		new RowId(handler, key);
	}

	@Override
	public String toString() {
		return this.key.isEmpty() ? this.handler : new RowId(this.handler, this.key).toString();
	}

}
