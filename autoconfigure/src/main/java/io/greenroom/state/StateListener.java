package io.greenroom.state;

/**
 * Hears what machines do. Called on the thread that makes the move, without any lock; a
 * listener that fails is logged and stops neither the machine nor the other listeners.
 * <p>
 * A listener must not move the machine it hears about: its call would be part of the move
 * that is under way, and is refused with an {@link IllegalStateException}. Hand it to
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
	 * A move was refused; whoever asked gets the exception.
	 * @param machine the machine, where it was
	 * @param refusal what was asked and what is declared
	 */
	default void rejected(StateMachine machine, IllegalTransitionException refusal) {
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
	 * A machine ended: done, failed or stopped, as its {@linkplain StateMachine#status()
	 * status} says.
	 * @param machine the machine
	 */
	default void ended(StateMachine machine) {
	}

}
