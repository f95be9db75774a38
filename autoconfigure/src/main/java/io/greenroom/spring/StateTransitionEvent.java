package io.greenroom.spring;

import java.io.Serial;

import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMove;

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

	StateTransitionEvent(StateMachine machine, StateMove move) {
		super(machine.target());
		this.machine = machine;
		this.move = move;
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

	@Override
	public String toString() {
		return "StateTransitionEvent[" + this.machine.name() + ", " + this.move + "]";
	}

}
