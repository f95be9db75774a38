package io.greenroom.observe;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** Listens to the moves of all machines of one class. */
public interface MachineListener {

	/** Ignores everything. */
	MachineListener NONE = new MachineListener() {
	};

	/**
	 * Returns the listener around the bodies of states. Called once for each class.
	 * @return the listener; {@code null} for none, which costs a body nothing
	 */
	default @Nullable BodyListener bodies() {
		return null;
	}

	/**
	 * Called when a machine has moved.
	 * @param from the state it left, or {@code null} if it was started
	 * @param to the state it is in now
	 * @param spent how long it was in the state it left; zero if it was started
	 */
	default void moved(@Nullable String from, String to, Duration spent) {
	}

	/**
	 * Called when an undeclared move was rejected.
	 * @param from the current state, or {@code null} if the machine was not started
	 * @param to the requested state; always a declared state of the class
	 */
	default void rejected(@Nullable String from, String to) {
	}

	/**
	 * Called when a machine has failed. {@link #ended} is called after this.
	 * @param state the state it failed in
	 * @param failure what it failed with
	 */
	default void failed(String state, Throwable failure) {
	}

	/**
	 * Called when a machine has ended: it returned from a state without targets, failed
	 * or was stopped.
	 * @param state the state it was in
	 * @param spent how long it was in that state
	 */
	default void ended(String state, Duration spent) {
	}

	/**
	 * Called when a machine that had not ended is gone, because its object was no longer
	 * referenced.
	 * @param state the state it was in
	 */
	default void forgotten(String state) {
	}

}
