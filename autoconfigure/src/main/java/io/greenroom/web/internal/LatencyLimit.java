package io.greenroom.web.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;

/**
 * Finds a pool's size from latency, with the algorithms of Netflix's concurrency-limits.
 */
public final class LatencyLimit implements SizeLimit {

	private final Limit limit;

	private LatencyLimit(Limit limit) {
		this.limit = limit;
	}

	/**
	 * Adds a slot while requests are fast and half of the slots are in use, and takes a
	 * tenth of them away whenever one is slower than its target or runs into a timeout.
	 * @param initial the size to begin with
	 * @param min the least size
	 * @param max the greatest size
	 * @param targetLatency what a request may take
	 * @return the limit
	 */
	public static SizeLimit aimd(int initial, int min, int max, Duration targetLatency) {
		return new LatencyLimit(AIMDLimit.newBuilder()
			.initialLimit(initial)
			.minLimit(min)
			.maxLimit(max)
			.timeout(targetLatency.toNanos(), TimeUnit.NANOSECONDS)
			.build());
	}

	/**
	 * Compares the latency of each second with that of the long run: grows while it is
	 * about the same, shrinks while requests get slower than they use to be.
	 * @param initial the size to begin with
	 * @param min the least size
	 * @param max the greatest size
	 * @return the limit
	 */
	public static SizeLimit gradient(int initial, int min, int max) {
		return new LatencyLimit(WindowedLimit.newBuilder()
			.build(Gradient2Limit.newBuilder().initialLimit(initial).minLimit(min).maxConcurrency(max).build()));
	}

	@Override
	public int size() {
		return this.limit.getLimit();
	}

	@Override
	public void sample(long start, long nanos, int active, boolean timedOut) {
		this.limit.onSample(start, nanos, active, timedOut);
	}

}
