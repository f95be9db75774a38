package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * The name of a handler.
 *
 * @param name the name, which several handlers may share; used by meters
 * @param key the key among handlers that share the name, or {@code null} if it is the
 * only one
 */
record HandlerName(String name, @Nullable String key) {

	/** Returns the text for messages. */
	@Override
	public String toString() {
		return (this.key != null) ? this.name + "[" + this.key + "]" : this.name;
	}

}
