package io.greenroom.spring;

import java.io.Serial;
import java.util.Objects;

import io.greenroom.state.StateMachine;

import org.springframework.context.ApplicationEvent;

/**
 * Published when the body of a state has returned without moving its machine. The machine
 * is at rest in the state, or done if the state has no targets. Listeners are called
 * afterwards, on the body's green thread. A listener may move the machine, and another
 * thread may have moved it already. The source of the event is the object with the
 * states.
 */
public final class StateCompletedEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient StateMachine machine;

	private final String state;

	/**
	 * Creates an event. Public for tests of listeners.
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
