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
	 * Returns the states whose stored keys are counted by {@link #stored}.
	 * @return the names of all states of a durable handler; empty for other handlers
	 */
	default Set<String> storedStates() {
		return Set.of();
	}

	/**
	 * Returns how many keys are stored in a state, as of a few seconds ago.
	 * @param state the name of the state
	 * @return the number of keys, with or without an instance; NaN until the database has
	 * answered
	 */
	default double stored(String state) {
		return Double.NaN;
	}

	/**
	 * Returns how many stored keys do not go on by themselves, as of a few seconds ago.
	 * @return the number of keys; NaN until the database has answered
	 */
	default double stranded() {
		return Double.NaN;
	}

}
