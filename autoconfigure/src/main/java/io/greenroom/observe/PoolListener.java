package io.greenroom.observe;

import java.time.Duration;

/** Hears about the work of one pool. */
public interface PoolListener {

	/** Hears nothing. */
	PoolListener NONE = new PoolListener() {
	};

	/**
	 * A slot was given.
	 * @param waited the time from asking to getting it
	 */
	default void started(Duration waited) {
	}

	/**
	 * A slot came back.
	 * @param used how long it was held
	 */
	default void ended(Duration used) {
	}

	/**
	 * A request for a slot was rejected.
	 * @param reason why, from a small closed set such as {@code full}, {@code timeout} or
	 * {@code closed}
	 */
	default void rejected(String reason) {
	}

}
