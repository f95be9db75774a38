package io.greenroom.keyed;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.greenroom.deferred.Deferred;

/**
 * The handlers of a class by {@link Key}. Spring injects it by its type arguments, as in
 * {@code Keyed<String, Account>}. Safe for use by many threads.
 * <p>
 * The first call of a key creates its instance, on the instance's own green thread. Calls
 * of the same key wait meanwhile; calls of other keys do not. If the constructor or the
 * initialisation fails, the waiting callers receive the exception, and the next call
 * tries again.
 * <p>
 * An instance is removed when it has not been called for the handler's {@code idle} time,
 * after its {@code @PreDestroy} methods have run. If one more instance would exceed
 * {@code greenroom.keyed.max-active}, the longest idle instance is removed earlier. An
 * instance is kept while it runs a body, has calls waiting, or holds a place that a
 * transaction reserved. A call that arrives during the removal runs on the next instance.
 * There are never two instances of one key at the same time. <b>State that an instance
 * keeps only in memory is lost with it.</b>
 *
 * @param <K> the type of the keys
 * @param <T> the handler's class
 */
public interface Keyed<K, T> {

	/**
	 * Returns the handler of a key. Neither this method nor {@code equals},
	 * {@code hashCode} and {@code toString} of the returned view create an instance;
	 * calls do. Calls are made as their methods declare, like those of an injected
	 * handler. In addition, they throw {@link TooManyKeysException} if no place for
	 * another instance becomes free within the caller's time.
	 * @param key the key
	 * @return a view that can be kept for any length of time and always leads to the
	 * current instance
	 * @throws IllegalArgumentException if the key's text has more than 200 characters
	 */
	T get(K key);

	/**
	 * Returns the handle of a key, to choose how a call is made. The handle is not bound
	 * to an instance. It therefore does not support {@link Deferred#direct()},
	 * {@link Deferred#calls()} and {@link Deferred#close()}, and {@link Deferred#async}
	 * takes a function that makes one call and returns its result.
	 * @param key the key
	 * @return the handle; creates no instance
	 * @throws IllegalArgumentException if the key's text has more than 200 characters
	 */
	Deferred<T> deferred(K key);

	/**
	 * Returns the keys that are in a state, starting with those that have been in it
	 * longest. For a durable handler, these are all stored keys; for other handlers, the
	 * keys that have an instance. Creates and stops no instance.
	 * @param state the name of a state of the class
	 * @param limit the maximum number of entries
	 * @return the entries; empty if no key is in the state
	 * @throws IllegalArgumentException if the class has no such state, or the limit is
	 * negative
	 */
	List<KeyedEntry<K>> in(String state, int limit);

	/**
	 * Counts the keys in each state, as {@link #in} finds them.
	 * @return the number of keys by state, including states without keys; empty if the
	 * class has no states
	 */
	Map<String, Long> counts();

	/**
	 * Returns the keys of a durable handler that do not continue without help, starting
	 * with those that have been in their state longest. A key is stranded if its state
	 * has failed; a call of an initial state starts it again. A key is also stranded if
	 * the class no longer has its stored state; it remains as it is until the class has
	 * the state again or the row is corrected.
	 * @param limit the maximum number of keys
	 * @return the keys; empty for a handler that is not durable or has no states
	 * @throws IllegalArgumentException if the limit is negative
	 */
	List<StrandedKey<K>> stranded(int limit);

	/**
	 * Returns what is known of a key. Creates no instance.
	 * @param key the key
	 * @return the entry; empty if the key has neither an instance nor a row
	 */
	Optional<KeyedEntry<K>> entry(K key);

	/**
	 * Returns the number of keys that have an instance.
	 * @return the number of instances
	 */
	int active();

	/**
	 * Removes the instance of a key now if it is idle, regardless of the idle time. Waits
	 * for the removal, including {@code @PreDestroy} methods, for up to the time that
	 * callers wait for an answer.
	 * @param key the key
	 * @return {@code true} if there is no instance any more; {@code false} if it is not
	 * idle
	 */
	boolean passivate(K key);

}
