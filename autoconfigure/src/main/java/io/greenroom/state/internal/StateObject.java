package io.greenroom.state.internal;

/** Implemented by every enhanced class. */
public interface StateObject {

	/**
	 * Returns the object's connection to its machine.
	 * @return the slot, the same for the object's whole life
	 */
	StateSlot greenroom$slot();

}
