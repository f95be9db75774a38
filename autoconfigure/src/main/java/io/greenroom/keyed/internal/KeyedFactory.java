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
 * Creates and ends the instances of a keyed handler. For integrations; not intended for
 * applications. Must be safe for use by many threads.
 *
 * @param <K> the type of the keys
 */
public interface KeyedFactory<K> {

	/**
	 * Creates the instance of a key, on the green thread that will run its bodies. There
	 * is never more than one creation of a key at a time.
	 * @param key the key
	 * @param handler the handler whose target the instance will be
	 * @return the instance
	 * @throws Throwable the failure of the constructor, in the form that the callers
	 * receive
	 */
	HandlerHost.Made make(K key, Handler handler) throws Throwable;

	/**
	 * Ends an instance that is no longer called. The next instance of its key is not
	 * created before this method has returned.
	 * @param key the key
	 * @param instance the instance
	 */
	default void end(K key, HandlerHost.Made instance) {
	}

	/**
	 * Returns the states of the class.
	 * @return their names; empty if the class has no states
	 */
	default Set<String> states() {
		return Set.of();
	}

	/**
	 * Returns whether keys are known that have no instance.
	 * @return {@code true} if the entries of this factory cover all keys
	 */
	default boolean isStored() {
		return false;
	}

	/**
	 * Returns what is stored of a key.
	 * @param key the key
	 * @return the stored entry, or {@code null} if the key is not stored
	 */
	default @Nullable KeyedEntry<K> stored(K key) {
		return null;
	}

	/**
	 * Returns the keys that are stored in a state.
	 * @param state the state
	 * @param limit the maximum number of entries
	 * @return the entries, starting with the key that has been in the state longest, or
	 * {@code null} if only keys with an instance are known
	 */
	default @Nullable List<KeyedEntry<K>> in(String state, int limit) {
		return null;
	}

	/**
	 * Counts the keys that are stored in each state.
	 * @return the numbers by state, or {@code null} if only keys with an instance are
	 * known
	 */
	default @Nullable Map<String, Long> counts() {
		return null;
	}

	/**
	 * Returns the keys that do not continue without help.
	 * @param limit the maximum number of keys
	 * @return the keys, starting with the one that has been in its state longest
	 */
	default List<StrandedKey<K>> stranded(int limit) {
		return List.of();
	}

	/**
	 * Counts the keys that do not continue without help.
	 * @return the number of keys
	 */
	default long strandedCount() {
		return 0;
	}

	/**
	 * Returns the state of an instance.
	 * @param key the key
	 * @param instance the instance
	 * @return the entry, or {@code null} if the class has no states
	 */
	default @Nullable KeyedEntry<K> entry(K key, HandlerHost.Made instance) {
		return null;
	}

}
