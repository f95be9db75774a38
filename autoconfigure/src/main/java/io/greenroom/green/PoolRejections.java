package io.greenroom.green;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Counts what a pool has rejected, by reason, of which there are few. Thread-safe.
 */
final class PoolRejections {

	private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

	/**
	 * When the last rejection was, in real time; either of two concurrent ones will do.
	 */
	private volatile long last;

	void count(String reason) {
		this.last = Parking.nanoTime();
		this.counts.computeIfAbsent(reason, (key) -> new LongAdder()).increment();
	}

	Map<String, Long> counts() {
		Map<String, Long> sums = new TreeMap<>();
		this.counts.forEach((reason, count) -> sums.put(reason, count.sum()));
		return sums;
	}

	@Nullable Duration sinceLast() {
		return this.counts.isEmpty() ? null : Duration.ofNanos(Parking.nanoTime() - this.last);
	}

}
