package io.greenroom.keyed.internal;

import io.greenroom.deferred.internal.RoutedCall;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of a key run. Users don't need this.
 *
 * @param <K> the type of the keys
 */
public interface KeyRouter<K> {

	/**
	 * Makes a call of a key.
	 * @param key the key
	 * @param call the call
	 * @return what its caller gets
	 * @throws Throwable what its caller gets
	 */
	@Nullable Object call(K key, RoutedCall call) throws Throwable;

	/**
	 * Returns whether calls of a key are made in this JVM.
	 * @param key the key
	 * @return whether they are, as far as is known now
	 */
	default boolean isHere(K key) {
		return true;
	}

	/**
	 * Has whoever has a key look for stored calls of it. Returns at once.
	 * @param key the key
	 */
	default void hint(K key) {
	}

}
