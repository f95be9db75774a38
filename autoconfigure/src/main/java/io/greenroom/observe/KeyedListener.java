package io.greenroom.observe;

import java.time.Duration;

/** Hears about the instances of one handler by key. Hears nothing of the keys. */
public interface KeyedListener {

	/** Hears nothing. */
	KeyedListener NONE = new KeyedListener() {
	};

	/**
	 * An instance was made, or could not be.
	 * @param success whether it was made
	 * @param took how long that took
	 */
	default void activated(boolean success, Duration took) {
	}

	/**
	 * An instance has ended.
	 * @param reason why, from a small closed set: {@code idle}, {@code room} for one that
	 * made room for another, {@code asked}, {@code stale} for a durable one whose row is
	 * not what it knows, or {@code closed}
	 */
	default void passivated(String reason) {
	}

}
