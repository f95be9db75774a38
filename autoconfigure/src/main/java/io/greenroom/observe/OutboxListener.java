package io.greenroom.observe;

import java.time.Duration;

/** Hears about the deliveries of one handler's stored calls. */
public interface OutboxListener {

	/** Hears nothing. */
	OutboxListener NONE = new OutboxListener() {
	};

	/**
	 * A call was tried.
	 * @param method the name of the method, {@code unknown} where the handler has none of
	 * that name
	 * @param outcome what came of it, from a small closed set: {@code success},
	 * {@code failure} for one that is tried again, or {@code dead} for one that was given
	 * up
	 * @param took how long it took, with its time in the mailbox
	 */
	default void attempted(String method, String outcome, Duration took) {
	}

}
