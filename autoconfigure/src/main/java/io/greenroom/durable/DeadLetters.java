package io.greenroom.durable;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.greenroom.deferred.Oneway;

/**
 * The {@linkplain Oneway#durable() durable oneway} calls whose delivery was given up, of
 * all nodes that share the database. They can be read, replayed and discarded. Available
 * as a bean if the application stores such calls. Safe for use by many threads. Every
 * method blocks while it accesses the database, and propagates the database's exceptions.
 */
public interface DeadLetters {

	/**
	 * Returns dead letters of all handlers.
	 * @param limit the maximum number of letters
	 * @return the letters, oldest first by the time of death
	 */
	List<DeadLetter> list(int limit);

	/**
	 * Returns dead letters of a handler.
	 * @param handler the handler's name in the database
	 * @param limit the maximum number of letters
	 * @return the letters, oldest first by the time of death
	 */
	List<DeadLetter> list(String handler, int limit);

	/**
	 * Returns a dead letter.
	 * @param id its id
	 * @return the letter; empty if there is none with that id
	 */
	Optional<DeadLetter> find(String id);

	/**
	 * Counts the dead letters.
	 * @return the number of letters by handler; handlers without letters are absent
	 */
	Map<String, Long> counts();

	/**
	 * Delivers a call again, with its attempts counted from the first. The call goes to
	 * the end of its lane or, if the lane has waited for it, to its former place. Joins
	 * the caller's transaction, if there is one.
	 * @param id the id of the letter
	 * @return whether the letter existed; of several concurrent callers, one receives
	 * {@code
	 * true}
	 */
	boolean replay(String id);

	/**
	 * Discards a call. If its lane has waited for it, the lane continues. Joins the
	 * caller's transaction, if there is one.
	 * @param id the id of the letter
	 * @return whether the letter existed
	 */
	boolean discard(String id);

}
