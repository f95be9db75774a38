package io.greenroom.keyed.internal;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerHost;
import io.greenroom.keyed.KeyedEntry;
import io.greenroom.keyed.StrandedKey;
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
	 * Returns whether keys are known that have no instance.
	 * @return whether the entries of this factory tell of all keys
	 */
	default boolean isStored() {
		return false;
	}

	/**
	 * Returns what is stored of a key.
	 * @param key the key
	 * @return what is known of it, {@code null} if nothing is
	 */
	default @Nullable KeyedEntry<K> stored(K key) {
		return null;
	}

	/**
	 * Returns the keys that are stored in a state.
	 * @param state the state
	 * @param limit how many at most
	 * @return the keys, the one longest in it first; {@code null} if only those are known
	 * that have an instance
	 */
	default @Nullable List<KeyedEntry<K>> in(String state, int limit) {
		return null;
	}

	/**
	 * Counts the keys that are stored in each state.
	 * @return the numbers; {@code null} if only those are known that have an instance
	 */
	default @Nullable Map<String, Long> counts() {
		return null;
	}

	/**
	 * Returns the keys that don't go on by themselves.
	 * @param limit how many at most
	 * @return the keys, the one longest in its state first
	 */
	default List<StrandedKey<K>> stranded(int limit) {
		return List.of();
	}

	/**
	 * Counts the keys that don't go on by themselves.
	 * @return their number
	 */
	default long strandedCount() {
		return 0;
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
