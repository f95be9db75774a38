package io.greenroom.observe;

import java.time.Duration;

/**
 * The numbers of a handler's stored calls, of all nodes that share the database, as of a
 * few seconds ago. May block for as long as the database takes.
 */
public interface OutboxGauges {

	/**
	 * Returns how many calls wait to be delivered.
	 * @return the number, at most 100000
	 */
	long waiting();

	/**
	 * Returns the age of the oldest waiting call. If there are many lanes, only the first
	 * thousand are considered.
	 * @return the age; zero if none waits
	 */
	Duration oldestAge();

	/**
	 * Returns how many calls were given up.
	 * @return the number of dead letters
	 */
	long dead();

}
