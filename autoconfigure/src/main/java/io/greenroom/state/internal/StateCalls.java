package io.greenroom.state.internal;

import org.jspecify.annotations.Nullable;

/** A machine, as the methods of its enhanced object see it. */
public interface StateCalls {

	/**
	 * Asks whether a call of a state method is the machine's own, which runs the body.
	 * @param state the state's index
	 * @return {@code true} to run the body and then call {@link #leave}; {@code false} if
	 * somebody asks for a move
	 */
	boolean enter(int state);

	/**
	 * The body has ended.
	 * @param thrown what it threw; thrown again unless it is the machine's own unwinding
	 */
	void leave(@Nullable Throwable thrown);

	/**
	 * Asks for a move. Does not return to the body that is left by it.
	 * @param state the state's index
	 * @param args the arguments of the call
	 */
	void move(int state, @Nullable Object[] args);

	/**
	 * Makes a machine for a copy of this one's object.
	 * @param object the copy
	 * @return a machine that has not started
	 */
	StateCalls copy(StateObject object);

}
