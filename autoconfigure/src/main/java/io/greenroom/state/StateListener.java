package io.greenroom.state;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Listens to machines. Called on the thread that makes the move, without any lock. The
 * failure of a listener is logged, and stops neither the machine nor other listeners.
 * Implementations must be thread-safe and return quickly.
 * <p>
 * A listener must not move the machine that it is told about: the call would be part of
 * the current move, and is rejected with an {@link IllegalStateException}. Make the move
 * on another thread instead.
 */
public interface StateListener {

	/**
	 * Called when a machine has moved: once per move, in order, when the old body has
	 * ended and the machine is in the new state, before the first statement of the new
	 * body.
	 * @param machine the machine
	 * @param move the move
	 */
	default void moved(StateMachine machine, StateMove move) {
	}

	/**
	 * Called when a machine has moved, like {@link #moved(StateMachine, StateMove)},
	 * which this method calls by default.
	 * @param machine the machine
	 * @param move the move
	 * @param arguments the arguments of the new state, unmodifiable; empty if a timeout
	 * has moved the machine
	 */
	default void moved(StateMachine machine, StateMove move, List<@Nullable Object> arguments) {
		moved(machine, move);
	}

	/**
	 * Called when the body of a state has returned without moving the machine, which then
	 * rests in the state, or is done if the state has no targets. Called after the fact,
	 * so another thread may have moved the machine on by then.
	 * @param machine the machine
	 * @param state the state whose body it was
	 */
	default void completed(StateMachine machine, String state) {
	}

	/**
	 * Called when a move was rejected. The requesting thread gets the exception.
	 * @param machine the machine, where it was
	 * @param rejection what was requested, and what is declared
	 */
	default void rejected(StateMachine machine, IllegalTransitionException rejection) {
	}

	/**
	 * Called when an accepted move from outside was given up, because the running body
	 * did not end in time. The machine stays where it is.
	 * @param machine the machine, still in its old state
	 * @param from the state it stays in
	 * @param to the state it did not reach
	 */
	default void abandoned(StateMachine machine, String from, String to) {
	}

	/**
	 * Called when a machine has failed. {@link #ended} is called after this.
	 * @param machine the machine, in the state that it failed in
	 * @param failure what the body, or something around it, threw
	 */
	default void failed(StateMachine machine, Throwable failure) {
	}

	/**
	 * Called when a machine has ended: done, failed or stopped, as its
	 * {@linkplain StateMachine#status() status} says.
	 * @param machine the machine
	 */
	default void ended(StateMachine machine) {
	}

}
