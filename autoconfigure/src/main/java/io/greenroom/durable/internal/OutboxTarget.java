package io.greenroom.durable.internal;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;

import io.greenroom.deferred.internal.Delivering;
import org.jspecify.annotations.Nullable;

/** The handler that stored calls are delivered to. Users don't need this. */
@FunctionalInterface
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

}
