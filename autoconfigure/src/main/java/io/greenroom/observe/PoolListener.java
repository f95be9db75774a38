package io.greenroom.observe;

import java.time.Duration;

/** Listens to the work of one pool. */
public interface PoolListener {

	/** Ignores everything. */
	PoolListener NONE = new PoolListener() {
	};

	/**
	 * Called when a slot was given.
	 * @param waited the time from the request to the slot
	 */
	default void started(Duration waited) {
	}

	/**
	 * Called when a slot was returned.
	 * @param used how long it was held
	 */
	default void ended(Duration used) {
	}

	/**
	 * Called when a request for a slot was rejected.
	 * @param reason why, from a small closed set such as {@code full}, {@code timeout} or
	 * {@code closed}
	 */
	default void rejected(String reason) {
	}

}
