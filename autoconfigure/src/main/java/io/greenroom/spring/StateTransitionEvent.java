package io.greenroom.spring;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMove;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;

/**
 * Published once for each move of a machine, in the order of the moves. Listeners are
 * called on the thread that makes the move, after the machine has entered its new state
 * and before the first statement of that state's body. The source of the event is the
 * object with the states.
 * <p>
 * A synchronous listener is part of the move and must not move the same machine.
 */
public final class StateTransitionEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient StateMachine machine;

	private final transient StateMove move;

	private final transient List<@Nullable Object> arguments;

	/**
	 * Creates an event. Public for tests of listeners.
	 * @param machine the machine that moved
	 * @param move the move, with its states and time
	 * @param arguments the arguments of the new state
	 */
	public StateTransitionEvent(StateMachine machine, StateMove move, List<@Nullable Object> arguments) {
		super(machine.target());
		this.machine = machine;
		this.move = Objects.requireNonNull(move, "move");
		this.arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
	}

	/**
	 * Returns the machine.
	 * @return the machine that moved
	 */
	public StateMachine machine() {
		return this.machine;
	}

	/**
	 * Returns the move.
	 * @return the move, with its states and time
	 */
	public StateMove move() {
		return this.move;
	}

	/**
	 * Returns the arguments of the new state.
	 * @return the arguments, unmodifiable; empty if a timeout has moved the machine
	 */
	public List<@Nullable Object> arguments() {
		return this.arguments;
	}

	@Override
	public String toString() {
		return "StateTransitionEvent[" + this.machine.name() + ", " + this.move + "]";
	}

}
