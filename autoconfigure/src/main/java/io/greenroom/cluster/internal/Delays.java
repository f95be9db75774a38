package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long messages were under way. The clocks of two nodes differ by something nobody
 * knows; but of all messages of a node the quickest took next to nothing, and the others
 * took longer than it by what can be seen. So a call that waited in the network, or in a
 * node that was frozen, is known to be old, once a quicker one has come.
 * <p>
 * Safe for use by many threads.
 */
final class Delays {

	private final Map<String, Long> quickest = new ConcurrentHashMap<>();

	/** Notes a message; returns how long it was under way at least. */
	Duration of(String from, long sentAt, long now) {
		long took = now - sentAt;
		long least = this.quickest.merge(from, took, (known, mine) -> (mine - known < 0) ? mine : known);
		return Duration.ofNanos(took - least);
	}

	void forget(String node) {
		this.quickest.remove(node);
	}

}
