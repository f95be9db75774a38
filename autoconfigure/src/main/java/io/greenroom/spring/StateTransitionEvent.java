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
 * A machine moved. Published once per move, in the order of the moves, when the machine
 * is in its new state and before the first statement of that state's body, on the thread
 * that makes the move. The event's source is the object with the states.
 * <p>
 * A synchronous listener is part of the move: it must not move the same machine.
 */
public final class StateTransitionEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient StateMachine machine;

	private final transient StateMove move;

	private final transient List<@Nullable Object> arguments;

	/**
	 * Makes an event; public for tests of listeners.
	 * @param machine the machine that moved
	 * @param move from where, to where, when
	 * @param arguments what the new state was called with
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
	 * @return from where, to where, when
	 */
	public StateMove move() {
		return this.move;
	}

	/**
	 * Returns what the new state was called with.
	 * @return the arguments, not to be changed; none where a timeout has moved the
	 * machine
	 */
	public List<@Nullable Object> arguments() {
		return this.arguments;
	}

	@Override
	public String toString() {
		return "StateTransitionEvent[" + this.machine.name() + ", " + this.move + "]";
	}

}
