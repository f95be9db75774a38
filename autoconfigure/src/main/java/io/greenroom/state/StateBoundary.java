package io.greenroom.state;

import org.jspecify.annotations.Nullable;

/**
 * Knows the transactions and similar boundaries of a framework, for moves that are
 * requested inside them. It says where a body cannot be left by calling the next state:
 * inside something that takes this for a failure, such as a transaction or a retry. What
 * surrounds the whole body does not count, because there the body has ended normally.
 * Implementations must be thread-safe.
 */
public interface StateBoundary {

	/**
	 * Called when a body begins on this thread, inside everything around it.
	 * @return what is passed to {@link #obstacle(Object)} in this body
	 */
	@Nullable Object begin();

	/**
	 * Looks for something that has begun on this thread since the body began, and has not
	 * ended.
	 * @param begun what {@link #begin()} returned for the body
	 * @return a description of what is in the way; {@code null} if nothing is
	 */
	@Nullable String obstacle(@Nullable Object begun);

	/**
	 * Checks a class that has a method on the stack between the body and the call of the
	 * next state.
	 * @param frame the class
	 * @return a description of what is in the way; {@code null} if nothing is
	 */
	@Nullable String obstacleIn(Class<?> frame);

	/**
	 * Called when a move is requested on this thread that does not wait for the thread's
	 * transaction, and is not undone by a rollback. Called before anything moves. If it
	 * throws, the exception goes to the caller, and the machine does not move.
	 * @param machine the machine that will move
	 * @param to the state that it will move to
	 */
	default void outside(StateMachine machine, String to) {
	}

	/**
	 * Registers code to run when the transaction of this thread has committed, and not at
	 * all if the transaction, or the savepoint that the thread is in now, rolls back.
	 * What it throws then goes no further.
	 * @param moves what to run
	 * @return {@code false} if the thread is in no transaction
	 */
	default boolean afterCommit(Runnable moves) {
		return false;
	}

}
