package io.greenroom.cluster.internal;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens between nodes. Safe for use by multiple threads. */
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
	 * @param what the kind of event
	 * @return the count
	 */
	public long of(What what) {
		return adder(what).sum();
	}

	/**
	 * Returns all counts.
	 * @return the counts by the lower-case name of the kind
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

	/** A kind of event. */
	public enum What {

		/** A call was sent to another node. */
		SENT,

		/** A call was sent again. */
		RESENT,

		/** A call arrived for a key that is not here. */
		MOVED,

		/** A call arrived again. */
		DUPLICATE,

		/** A call arrived that had been made before, and got its stored answer. */
		STORED,

		/** A call arrived after its caller's time was over. */
		EXPIRED,

		/** Something arrived that is not a call of a handler here. */
		REJECTED,

		/** A call was given up because its node had left. */
		LOST,

		/** A body ran in vain, because another node had written the row. */
		STALE,

		/** A body ran in vain, because its connection to the database was lost. */
		CUT

	}

}
