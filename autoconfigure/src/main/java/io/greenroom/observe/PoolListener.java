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
	 * Called when a slot was given. The default implementation calls {@link #started}.
	 * Implement this method instead to record slots without an object for each.
	 * @param waited nanoseconds from the request to the slot
	 */
	default void startedNanos(long waited) {
		started(Duration.ofNanos(waited));
	}

	/**
	 * Called when a slot was returned.
	 * @param used how long it was held
	 */
	default void ended(Duration used) {
	}

	/**
	 * Called when a slot was returned. The default implementation calls {@link #ended}.
	 * Implement this method instead to record slots without an object for each.
	 * @param used nanoseconds for which it was held
	 */
	default void endedNanos(long used) {
		ended(Duration.ofNanos(used));
	}

	/**
	 * Called when a request for a slot was rejected.
	 * @param reason why, from a small closed set such as {@code full}, {@code timeout} or
	 * {@code closed}
	 */
	default void rejected(String reason) {
	}

}
