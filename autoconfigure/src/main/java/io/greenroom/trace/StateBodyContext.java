package io.greenroom.trace;

import java.util.Objects;

import io.micrometer.observation.Observation;

/** The observation context for the body of a machine's state. */
public final class StateBodyContext extends Observation.Context {

	private final String machine;

	private final String state;

	/**
	 * Creates a context. This constructor is public so that conventions can be tested.
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
	 * Returns the name of the state.
	 * @return the name of the state
	 */
	public String state() {
		return this.state;
	}

}
