package io.greenroom.spring;

import java.io.Serial;
import java.util.Objects;

import io.greenroom.state.StateMachine;

import org.springframework.context.ApplicationEvent;

/**
 * The body of a state has returned without moving its machine, which rests in the state,
 * or is done if the state has no targets. Published after the fact, on the body's green
 * thread: a listener may move the machine, and another thread may have done so already.
 * The event's source is the object with the states.
 */
public final class StateCompletedEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient StateMachine machine;

	private final String state;

	/**
	 * Makes an event; public for tests of listeners.
	 * @param machine the machine
	 * @param state the name of the state whose body has returned
	 */
	public StateCompletedEvent(StateMachine machine, String state) {
		super(machine.target());
		this.machine = machine;
		this.state = Objects.requireNonNull(state, "state");
	}

	/**
	 * Returns the machine.
	 * @return the machine whose body has returned
	 */
	public StateMachine machine() {
		return this.machine;
	}

	/**
	 * Returns the state.
	 * @return the name of the state whose body has returned
	 */
	public String state() {
		return this.state;
	}

	@Override
	public String toString() {
		return "StateCompletedEvent[" + this.machine.name() + ", " + this.state + "]";
	}

}
