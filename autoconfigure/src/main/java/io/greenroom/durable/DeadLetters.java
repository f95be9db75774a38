package io.greenroom.durable;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.greenroom.deferred.Oneway;

/**
 * The {@linkplain Oneway#durable() durable oneway} calls that were given up, of all nodes
 * that share the database: to be read, and tried again or thrown away. A bean wherever
 * such calls are stored. Safe for use by many threads; every method blocks for as long as
 * the database takes, and throws what it throws.
 */
public interface DeadLetters {

	/**
	 * Returns dead letters of all handlers.
	 * @param limit how many at most
	 * @return the letters, the one longest dead first
	 */
	List<DeadLetter> list(int limit);

	/**
	 * Returns dead letters of a handler.
	 * @param handler its name in the database
	 * @param limit how many at most
	 * @return the letters, the one longest dead first
	 */
	List<DeadLetter> list(String handler, int limit);

	/**
	 * Returns a dead letter.
	 * @param id its id
	 * @return the letter, empty if there is none of that id
	 */
	Optional<DeadLetter> find(String id);

	/**
	 * Counts the dead letters.
	 * @return how many there are of each handler that has any
	 */
	Map<String, Long> counts();

	/**
	 * Has a call delivered after all, with attempts from the first: at the end of its
	 * lane, or, if the lane has waited for it, where it was. Joins the transaction of the
	 * caller, if there is one.
	 * @param id the id of the letter
	 * @return whether there was one; of several who ask at once, one gets {@code true}
	 */
	boolean replay(String id);

	/**
	 * Throws a call away. If its lane has waited for it, the lane goes on. Joins the
	 * transaction of the caller, if there is one.
	 * @param id the id of the letter
	 * @return whether there was one
	 */
	boolean discard(String id);

}
