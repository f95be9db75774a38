package io.greenroom.keyed.internal;

import java.util.Set;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerHost;
import io.greenroom.keyed.KeyedEntry;
import org.jspecify.annotations.Nullable;

/**
 * Makes and ends the instances of a handler by key. For integrations; users don't need
 * this. Must be safe for use by many threads.
 *
 * @param <K> the type of the keys
 */
public interface KeyedFactory<K> {

	/**
	 * Makes the instance of a key, on the green thread that will run its bodies. At most
	 * one of a key is being made at a time.
	 * @param key the key
	 * @param handler the handler it is to be the target of
	 * @return the instance
	 * @throws Throwable what its constructor throws, as the callers are to get it
	 */
	HandlerHost.Made make(K key, Handler handler) throws Throwable;

	/**
	 * Ends an instance that nobody calls any more. Another one of its key is made when
	 * this has returned.
	 * @param key the key
	 * @param instance the instance
	 */
	default void end(K key, HandlerHost.Made instance) {
	}

	/**
	 * Returns the states of the class.
	 * @return their names, empty if it has none
	 */
	default Set<String> states() {
		return Set.of();
	}

	/**
	 * Returns in which state an instance is.
	 * @param key the key
	 * @param instance the instance
	 * @return what is known of it, {@code null} if the class has no states
	 */
	default @Nullable KeyedEntry<K> entry(K key, HandlerHost.Made instance) {
		return null;
	}

}
