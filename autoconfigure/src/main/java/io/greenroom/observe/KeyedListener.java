package io.greenroom.observe;

import java.time.Duration;

/** Listens to the instances of one handler by key. It is not told the keys. */
public interface KeyedListener {

	/** Ignores everything. */
	KeyedListener NONE = new KeyedListener() {
	};

	/**
	 * Called when an instance was made, or could not be made.
	 * @param success whether it was made
	 * @param took how long that took
	 */
	default void activated(boolean success, Duration took) {
	}

	/**
	 * Called when an instance has ended.
	 * @param reason why, from a small closed set: {@code idle}, {@code room} for one that
	 * made room for another, {@code asked}, {@code stale} for a durable one whose row has
	 * been changed elsewhere, or {@code closed}
	 */
	default void passivated(String reason) {
	}

}
