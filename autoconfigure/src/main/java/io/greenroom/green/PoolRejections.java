package io.greenroom.green;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Counts whom a pool rejected, by reason; of these there are a handful. Safe for use by
 * many threads.
 */
final class PoolRejections {

	private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

	/** When the last was, in real time; any of two at once will do. */
	private volatile long last;

	void count(String reason) {
		this.last = System.nanoTime();
		this.counts.computeIfAbsent(reason, (key) -> new LongAdder()).increment();
	}

	Map<String, Long> counts() {
		Map<String, Long> sums = new TreeMap<>();
		this.counts.forEach((reason, count) -> sums.put(reason, count.sum()));
		return sums;
	}

	@Nullable Duration sinceLast() {
		return this.counts.isEmpty() ? null : Duration.ofNanos(System.nanoTime() - this.last);
	}

}
