package io.greenroom.state;

/**
 * One stay of a machine in a state, as passed to an {@link State#onStart()} method.
 * Thread-safe.
 */
public interface StateHandle {

	/**
	 * Returns the machine.
	 * @return the machine
	 */
	StateMachine machine();

	/**
	 * Returns the state.
	 * @return the state's name
	 */
	String state();

	/**
	 * Returns whether the body has begun; {@code false} while {@code onStart} runs.
	 * @return whether the body has begun, even if it has ended since
	 */
	boolean isStarted();

	/**
	 * Returns whether the body has ended. The machine may still rest in the state.
	 * @return whether the body has returned, failed, or made way for another
	 */
	boolean isEnded();

}
