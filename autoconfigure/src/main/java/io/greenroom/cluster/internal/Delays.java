package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Estimates how long messages were in transit. The clocks of two nodes differ by an
 * unknown offset. But the quickest message of a node took almost no time, so the others
 * took at least the difference to it. A call that waited in the network, or in a node
 * that was frozen, is therefore known to be old once a quicker message has arrived.
 * <p>
 * Safe for use by multiple threads.
 */
final class Delays {

	private final Map<String, Long> quickest = new ConcurrentHashMap<>();

	/** Records a message; returns the least time that it was in transit. */
	Duration of(String from, long sentAt, long now) {
		long took = now - sentAt;
		long least = this.quickest.merge(from, took, (known, mine) -> (mine - known < 0) ? mine : known);
		return Duration.ofNanos(took - least);
	}

	void forget(String node) {
		this.quickest.remove(node);
	}

}
