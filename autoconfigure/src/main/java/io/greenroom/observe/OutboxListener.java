package io.greenroom.observe;

import java.time.Duration;

/** Listens to the deliveries of one handler's stored calls. */
public interface OutboxListener {

	/** Ignores everything. */
	OutboxListener NONE = new OutboxListener() {
	};

	/**
	 * Called after an attempt to deliver a call.
	 * @param method the name of the method; {@code unknown} if the handler has no such
	 * method
	 * @param outcome the outcome, from a small closed set: {@code success},
	 * {@code failure} if the call will be retried, or {@code dead} if it was given up
	 * @param took how long it took, including its time in the mailbox
	 */
	default void attempted(String method, String outcome, Duration took) {
	}

}
