package io.greenroom.keyed.internal;

import io.greenroom.deferred.internal.RoutedCall;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the calls of a key run. Not intended for applications.
 *
 * @param <K> the type of the keys
 */
public interface KeyRouter<K> {

	/**
	 * Makes a call of a key.
	 * @param key the key
	 * @param call the call
	 * @return the result for the caller
	 * @throws Throwable the exception for the caller
	 */
	@Nullable Object call(K key, RoutedCall call) throws Throwable;

	/**
	 * Returns whether calls of a key are made in this JVM.
	 * @param key the key
	 * @return {@code true} if they are, as far as is known now
	 */
	default boolean isHere(K key) {
		return true;
	}

	/**
	 * Asks the owner of a key to look for stored calls. Returns at once.
	 * @param key the key
	 */
	default void hint(K key) {
	}

}
