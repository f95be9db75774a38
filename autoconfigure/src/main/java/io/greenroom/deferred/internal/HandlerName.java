package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * What a handler is called.
 *
 * @param name the name, which several may share; what meters have
 * @param key which of several that share the name; {@code null} where it is the only one
 */
record HandlerName(String name, @Nullable String key) {

	/** Returns what messages have. */
	@Override
	public String toString() {
		return (this.key != null) ? this.name + "[" + this.key + "]" : this.name;
	}

}
