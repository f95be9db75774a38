package io.greenroom.state;

import org.jspecify.annotations.Nullable;

/**
 * Knows the transactions and the like of a framework, for the moves that are asked for
 * inside them. Says where a body can't be left by calling the next state, for frameworks:
 * inside something that takes the way out for a failure, as a transaction or a retry
 * does. What is round the body as a whole is not meant, for there the body has ended
 * normally.
 */
public interface StateBoundary {

	/**
	 * A body begins, on this thread, inside all that is round it.
	 * @return what {@link #obstacle(Object)} is to be given in this body
	 */
	@Nullable Object begin();

	/**
	 * Looks for what has begun on this thread since the body began, and has not ended.
	 * @param begun what {@link #begin()} returned for the body
	 * @return what is in the way, in words; {@code null} for nothing
	 */
	@Nullable String obstacle(@Nullable Object begun);

	/**
	 * Looks at a class that has a method between the body and the call of the next state.
	 * @param frame the class
	 * @return what is in the way, in words; {@code null} for nothing
	 */
	@Nullable String obstacleIn(Class<?> frame);

	/**
	 * A move is asked for on this thread that will not wait for whatever transaction the
	 * thread is in, and will stay made if that rolls back. Called before anything moves;
	 * what it throws reaches the thread that asked, and nothing has moved.
	 * @param machine the machine that is to move
	 * @param to the state it is to move to
	 */
	default void outside(StateMachine machine, String to) {
	}

	/**
	 * Keeps something to be run when the transaction of this thread has committed, and
	 * not at all if it, or the savepoint that the thread is in now, rolls back. What it
	 * throws then goes no further.
	 * @param moves what to run
	 * @return {@code false} if the thread is in no transaction, so that there is nothing
	 * to wait for
	 */
	default boolean afterCommit(Runnable moves) {
		return false;
	}

}
