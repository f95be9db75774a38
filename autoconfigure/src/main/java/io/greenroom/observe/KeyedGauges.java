package io.greenroom.observe;

import java.util.Set;

/**
 * The live numbers of one handler by key. Each read is a snapshot, takes no lock and
 * never waits.
 */
public interface KeyedGauges {

	/**
	 * Returns how many keys have an instance.
	 * @return the number of instances
	 */
	int active();

	/**
	 * Returns the states whose keys are counted where they are stored, by
	 * {@link #stored}.
	 * @return the names of all states of a durable handler; none of others
	 */
	default Set<String> storedStates() {
		return Set.of();
	}

	/**
	 * Returns how many keys are stored in a state, as of some seconds ago.
	 * @param state the name of the state
	 * @return the number of keys, with an instance or without; not a number as long as
	 * the database has not told
	 */
	default double stored(String state) {
		return Double.NaN;
	}

	/**
	 * Returns how many stored keys don't go on by themselves, as of some seconds ago.
	 * @return the number of keys; not a number as long as the database has not told
	 */
	default double stranded() {
		return Double.NaN;
	}

}
