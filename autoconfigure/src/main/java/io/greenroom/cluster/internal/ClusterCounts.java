package io.greenroom.cluster.internal;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What has happened between nodes, in numbers. Safe for use by many threads. */
public final class ClusterCounts {

	private final Map<What, LongAdder> counts = new EnumMap<>(What.class);

	ClusterCounts() {
		for (What what : What.values()) {
			this.counts.put(what, new LongAdder());
		}
	}

	void add(What what) {
		adder(what).increment();
	}

	/**
	 * Returns how often something has happened.
	 * @param what what
	 * @return the number
	 */
	public long of(What what) {
		return adder(what).sum();
	}

	/**
	 * Returns all numbers.
	 * @return how often, by the name of what in lower case
	 */
	public Map<String, Long> all() {
		Map<String, Long> all = new TreeMap<>();
		this.counts.forEach((what, count) -> all.put(what.name().toLowerCase(Locale.ROOT), count.sum()));
		return all;
	}

	private LongAdder adder(What what) {
		return java.util.Objects.requireNonNull(this.counts.get(what));
	}

	@Override
	public String toString() {
		return this.counts.toString();
	}

	/** What can happen. */
	public enum What {

		/** A call was sent to another node. */
		SENT,

		/** A call was sent once more. */
		RESENT,

		/** A call came whose key is not here. */
		MOVED,

		/** A call came that had come before. */
		DUPLICATE,

		/** A call came again that another node had made, and got its stored answer. */
		STORED,

		/** A call came whose caller's time was over. */
		EXPIRED,

		/** Something came that is no call of a handler here. */
		REFUSED,

		/** A call was given up as its node had left. */
		LOST,

		/** A body ran for nothing, as somebody else had written the row. */
		STALE

	}

}
