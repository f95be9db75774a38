package io.greenroom.state;

/**
 * One stay of a machine in a state, as an {@link State#onStart()} method gets to see it.
 */
public interface StateHandle {

	/**
	 * Returns the machine.
	 * @return the machine
	 */
	StateMachine machine();

	/**
	 * Returns which state it is.
	 * @return the state's name
	 */
	String state();

	/**
	 * Returns whether the body has begun; {@code false} as long as {@code onStart} runs.
	 * @return whether the body has begun, also when it has ended since
	 */
	boolean isStarted();

	/**
	 * Returns whether the body has ended; the machine may still rest in the state.
	 * @return whether the body has returned, failed, or made way for another
	 */
	boolean isEnded();

}
