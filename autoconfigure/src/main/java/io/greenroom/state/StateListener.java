package io.greenroom.state;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Hears what machines do. Called on the thread that makes the move, without any lock; a
 * listener that fails is logged and stops neither the machine nor the other listeners.
 * <p>
 * A listener must not move the machine it hears about: its call would be part of the move
 * that is under way, and is rejected with an {@link IllegalStateException}. Hand it to
 * another thread.
 */
public interface StateListener {

	/**
	 * A machine moved. Called once per move, in order, when the old body has ended and
	 * the machine is in the new state, before the first statement of the new body.
	 * @param machine the machine
	 * @param move the move
	 */
	default void moved(StateMachine machine, StateMove move) {
	}

	/**
	 * A machine moved, as {@link #moved(StateMachine, StateMove)}, which this calls
	 * unless it is implemented itself.
	 * @param machine the machine
	 * @param move the move
	 * @param arguments what the new state was called with, not to be changed; none where
	 * a timeout has moved the machine
	 */
	default void moved(StateMachine machine, StateMove move, List<@Nullable Object> arguments) {
		moved(machine, move);
	}

	/**
	 * The body of a state has returned, and did not move the machine: it rests in the
	 * state, or is done if the state has no targets. Called after the fact, so that
	 * another thread may have moved the machine on by then.
	 * @param machine the machine
	 * @param state the state whose body it was
	 */
	default void completed(StateMachine machine, String state) {
	}

	/**
	 * A move was rejected; the thread that asked gets the exception.
	 * @param machine the machine, where it was
	 * @param rejection what was asked and what is declared
	 */
	default void rejected(StateMachine machine, IllegalTransitionException rejection) {
	}

	/**
	 * A move that had been accepted from outside was given up, because the running body
	 * did not end in time; the machine stays where it is.
	 * @param machine the machine, still in its old state
	 * @param from the state it stays in
	 * @param to the state it did not reach
	 */
	default void abandoned(StateMachine machine, String from, String to) {
	}

	/**
	 * A machine failed; that it has {@linkplain #ended ended} is told after this.
	 * @param machine the machine, in the state that it failed in
	 * @param failure what the body, or something round it, threw
	 */
	default void failed(StateMachine machine, Throwable failure) {
	}

	/**
	 * A machine ended: done, failed or stopped, as its {@linkplain StateMachine#status()
	 * status} says.
	 * @param machine the machine
	 */
	default void ended(StateMachine machine) {
	}

}
