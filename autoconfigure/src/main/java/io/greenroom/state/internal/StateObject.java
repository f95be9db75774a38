package io.greenroom.state.internal;

import org.jspecify.annotations.Nullable;

/** Implemented by every enhanced class. */
public interface StateObject {

	/**
	 * Returns the object's connection to its machine.
	 * @return the slot, always the same for one object
	 */
	StateSlot greenroom$slot();

	/**
	 * Calls a state method.
	 * @param state the state's index
	 * @param args the arguments of the call
	 * @throws Throwable what the method throws
	 */
	void greenroom$call(int state, @Nullable Object[] args) throws Throwable;

}
