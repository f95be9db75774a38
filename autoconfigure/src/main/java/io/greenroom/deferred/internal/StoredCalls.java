package io.greenroom.deferred.internal;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * Keeps calls of a handler until their body has returned. There is nothing of the kind in
 * the core; an integration that has something says so to the handler. Safe for use by
 * many threads.
 */
@FunctionalInterface
public interface StoredCalls {

	/**
	 * Stores a call. Returns when it is stored, or is part of the caller's transaction.
	 * @param key the text of the key, empty for a handler without keys
	 * @param method the called method
	 * @param arguments what the caller has passed
	 * @throws Throwable why it could not be stored, for the caller
	 */
	void store(String key, Method method, @Nullable Object[] arguments) throws Throwable;

	/**
	 * There may be stored calls of a key to be delivered. Returns at once.
	 * @param key the text of the key
	 */
	default void hint(String key) {
	}

}
