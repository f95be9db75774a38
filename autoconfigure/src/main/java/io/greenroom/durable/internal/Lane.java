package io.greenroom.durable.internal;

/**
 * The stored calls of a handler and key, which are delivered one after the other. Not
 * intended for applications.
 *
 * @param handler the handler's name in the database
 * @param key the text of the key; empty for a handler without keys
 */
public record Lane(String handler, String key) {

	/**
	 * Creates a lane.
	 * @throws IllegalArgumentException if a name cannot be stored
	 */
	public Lane {
		new RowId(handler, key);
	}

	@Override
	public String toString() {
		return this.key.isEmpty() ? this.handler : new RowId(this.handler, this.key).toString();
	}

}
