package io.greenroom.trace;

import java.util.Objects;

import io.micrometer.observation.Observation;

/** The body of one state of a machine, as it is observed. */
public final class StateBodyContext extends Observation.Context {

	private final String machine;

	private final String state;

	/**
	 * Makes a context; public for tests of conventions.
	 * @param machine the full name of the machine's class
	 * @param state the name of the state
	 */
	public StateBodyContext(String machine, String state) {
		this.machine = Objects.requireNonNull(machine, "machine");
		this.state = Objects.requireNonNull(state, "state");
	}

	/**
	 * Returns the class of the machine.
	 * @return the full name of the class
	 */
	public String machine() {
		return this.machine;
	}

	/**
	 * Returns the state.
	 * @return the name of the state
	 */
	public String state() {
		return this.state;
	}

}
