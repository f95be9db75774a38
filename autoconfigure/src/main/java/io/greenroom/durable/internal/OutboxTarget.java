package io.greenroom.durable.internal;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;

import io.greenroom.deferred.internal.Delivering;
import org.jspecify.annotations.Nullable;

/** The handler that stored calls are delivered to. Users don't need this. */
public interface OutboxTarget {

	/**
	 * Makes a call in the handler's mailbox.
	 * @param key the text of the key, empty for a handler without keys
	 * @param method the method
	 * @param arguments the arguments
	 * @param round stands round the body
	 * @return a future of its end
	 * @throws Throwable why it was not made
	 */
	CompletableFuture<@Nullable Object> deliver(String key, Method method, @Nullable Object[] arguments,
			Delivering round) throws Throwable;

	/**
	 * Returns whether calls of a key are made by this process.
	 * @param key the text of the key
	 * @return whether its lane is to be delivered here
	 */
	default boolean isHere(String key) {
		return true;
	}

	/**
	 * Tells the process that has a key that there is something to deliver. Returns at
	 * once, and may be in vain: it finds that out by itself too.
	 * @param key the text of the key
	 */
	default void hint(String key) {
	}

}
