package io.greenroom.deferred.internal;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * Stores calls of a handler until their body has returned. The core has no
 * implementation; an integration passes one to the handler. Implementations must be
 * thread-safe.
 */
@FunctionalInterface
public interface StoredCalls {

	/**
	 * Stores a call. Returns when it is stored, or is part of the caller's transaction.
	 * @param key the text of the key, empty for a handler without keys
	 * @param method the called method
	 * @param arguments the arguments of the caller
	 * @throws Throwable if it could not be stored; thrown to the caller
	 */
	void store(String key, Method method, @Nullable Object[] arguments) throws Throwable;

	/**
	 * Hints that there may be stored calls of a key to deliver. Returns at once.
	 * @param key the text of the key
	 */
	default void hint(String key) {
	}

}
