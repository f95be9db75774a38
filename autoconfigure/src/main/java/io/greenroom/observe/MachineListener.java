package io.greenroom.observe;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** Hears about the moves of all machines of one class. */
public interface MachineListener {

	/** Hears nothing. */
	MachineListener NONE = new MachineListener() {
	};

	/**
	 * Returns what stands round the bodies of states. Asked once per class.
	 * @return the listener; {@code null} for none, which costs a body nothing
	 */
	default @Nullable BodyListener bodies() {
		return null;
	}

	/**
	 * A machine moved.
	 * @param from the state it left, or {@code null} when it was started
	 * @param to the state it is in now
	 * @param spent how long it was in the state it left, zero when it was started
	 */
	default void moved(@Nullable String from, String to, Duration spent) {
	}

	/**
	 * An undeclared move was rejected.
	 * @param from the current state, or {@code null} when the machine was not started
	 * @param to the state asked for; always a declared state of the class
	 */
	default void rejected(@Nullable String from, String to) {
	}

	/**
	 * A machine failed; that it has {@linkplain #ended ended} is told after this.
	 * @param state the state it failed in
	 * @param failure what it failed with
	 */
	default void failed(String state, Throwable failure) {
	}

	/**
	 * A machine ended: it returned from a state without targets, failed or was stopped.
	 * @param state the state it was in
	 * @param spent how long it was in that state
	 */
	default void ended(String state, Duration spent) {
	}

	/**
	 * A machine that had not ended is gone, since nothing knew its object any more.
	 * @param state the state it was in
	 */
	default void forgotten(String state) {
	}

}
