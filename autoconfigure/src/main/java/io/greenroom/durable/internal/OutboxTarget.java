package io.greenroom.durable.internal;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;

import io.greenroom.deferred.internal.Delivering;
import org.jspecify.annotations.Nullable;

/** The handler that stored calls are delivered to. Not intended for applications. */
public interface OutboxTarget {

	/**
	 * Makes a call in the handler's mailbox.
	 * @param key the text of the key; empty for a handler without keys
	 * @param method the method
	 * @param arguments the arguments
	 * @param round wraps the body
	 * @return a future that completes with the call
	 * @throws Throwable if the call could not be made
	 */
	CompletableFuture<@Nullable Object> deliver(String key, Method method, @Nullable Object[] arguments,
			Delivering round) throws Throwable;

	/**
	 * Returns whether this process makes the calls of a key.
	 * @param key the text of the key
	 * @return whether the key's lane is to be delivered here
	 */
	default boolean isHere(String key) {
		return true;
	}

	/**
	 * Tells the process that owns a key that calls are waiting. Returns at once. The hint
	 * may be lost, because that process also finds the calls by itself.
	 * @param key the text of the key
	 */
	default void hint(String key) {
	}

}
