package io.greenroom.keyed;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.greenroom.deferred.Deferred;

/**
 * The handlers of a class by {@link Key}. In Spring it is injected by its type arguments,
 * as in {@code Keyed<String, Account>}. Safe for use by many threads.
 * <p>
 * The instance of a key is made when the key is first called, by its own green thread:
 * the calls for that key wait meanwhile, those for other keys do not. What its
 * constructor or initialisation throws is what the callers get that wait, and the next
 * call tries again.
 * <p>
 * An instance goes, after its {@code @PreDestroy} methods, when it has not been called
 * for the handler's {@code idle} time; and the longest idle one goes earlier where more
 * than {@code greenroom.keyed.max-active} would be there. One that runs a body, has calls
 * waiting, or has a place reserved by a transaction stays. A call that comes in that
 * moment runs on the next instance. At no time are there two instances of one key.
 * <b>What an instance keeps in memory only is gone with it.</b>
 *
 * @param <K> the type of the keys
 * @param <T> the handler's class
 */
public interface Keyed<K, T> {

	/**
	 * Returns the handler of a key. Makes no instance, nor do {@code equals},
	 * {@code hashCode} and {@code toString} of what is returned; calls do. They are made
	 * as their methods declare, like those of an injected handler, and throw
	 * {@link TooManyKeysException} besides, where there is no room for another instance
	 * within the caller's time.
	 * @param key the key
	 * @return a view, for as long as anybody likes: whichever instance there is, it leads
	 * to it
	 * @throws IllegalArgumentException if the key's text has more than 200 characters
	 */
	T get(K key);

	/**
	 * Returns the handle of a key, to say how it is called. As it is bound to no
	 * instance, {@link Deferred#direct()}, {@link Deferred#calls()} and
	 * {@link Deferred#close()} are not there, and {@link Deferred#async} takes a function
	 * that makes one call and returns its result.
	 * @param key the key
	 * @return the handle; makes no instance
	 * @throws IllegalArgumentException if the key's text has more than 200 characters
	 */
	Deferred<T> deferred(K key);

	/**
	 * Returns the keys whose state is the given one, those first that have been in it
	 * longest: of a durable handler all that are stored, of others those that have an
	 * instance. Makes none, and stops none for it.
	 * @param state the name of a state of the class
	 * @param limit the greatest number of entries
	 * @return the entries, none if nothing is in that state
	 * @throws IllegalArgumentException if the class has no such state, or the limit is
	 * negative
	 */
	List<KeyedEntry<K>> in(String state, int limit);

	/**
	 * Counts the keys in each state, as {@link #in} finds them.
	 * @return by name, every state of the class, also those that no key is in; empty if
	 * it has none
	 */
	Map<String, Long> counts();

	/**
	 * Returns the keys of a durable handler that don't go on by themselves, those first
	 * that have been where they are longest: those whose state has failed, which a call
	 * of an initial state starts anew, and those whose stored state the class does not
	 * have any more, which stay as they are until the class has it again, or somebody
	 * corrects the row.
	 * @param limit the greatest number of keys
	 * @return the keys; none for a handler that is not durable or has no states
	 * @throws IllegalArgumentException if the limit is negative
	 */
	List<StrandedKey<K>> stranded(int limit);

	/**
	 * Returns what is known of a key. Makes no instance.
	 * @param key the key
	 * @return the entry; empty if the key has no instance, and none is stored
	 */
	Optional<KeyedEntry<K>> entry(K key);

	/**
	 * Returns how many keys have an instance.
	 * @return the number of instances
	 */
	int active();

	/**
	 * Ends the instance of a key now if it has nothing to do, whatever the idle time.
	 * Waits for its end, {@code @PreDestroy} included, for no longer than callers wait
	 * for an answer.
	 * @param key the key
	 * @return whether there is no instance any more; {@code false} if it has something to
	 * do
	 */
	boolean passivate(K key);

}
