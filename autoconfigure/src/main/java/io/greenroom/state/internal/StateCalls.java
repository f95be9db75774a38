package io.greenroom.state.internal;

import org.jspecify.annotations.Nullable;

/** A machine as seen by the methods of its enhanced object. */
public interface StateCalls {

	/**
	 * Returns whether a call of a state method is the machine's own, which runs the body.
	 * @param state the state's index
	 * @return {@code true} to run the body and then call {@link #leave}; {@code false} if
	 * the call requests a move
	 */
	boolean enter(int state);

	/**
	 * Called when the body has ended.
	 * @param thrown what it threw; thrown again unless it is the machine's own unwinding
	 */
	void leave(@Nullable Throwable thrown);

	/**
	 * Requests a move. Does not return to the body that is left by it.
	 * @param state the state's index
	 * @param args the arguments of the call
	 */
	void move(int state, @Nullable Object[] args);

	/**
	 * Creates a machine for a copy of this one's object.
	 * @param object the copy
	 * @return a machine that has not started
	 */
	StateCalls copy(StateObject object);

}
