package io.greenroom.web.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;

/**
 * Determines a pool's size from latency, with the algorithms of Netflix's
 * concurrency-limits.
 */
public final class LatencyLimit implements SizeLimit {

	private final Limit limit;

	private LatencyLimit(Limit limit) {
		this.limit = limit;
	}

	/**
	 * Adds a slot while requests are fast and at least half of the slots are in use.
	 * Removes a tenth of the slots when a request exceeds the target latency or runs into
	 * a timeout.
	 * @param initial the initial size
	 * @param min the minimum size
	 * @param max the maximum size
	 * @param targetLatency the maximum time of a request
	 * @return the limit
	 */
	public static SizeLimit aimd(int initial, int min, int max, Duration targetLatency) {
		return new LatencyLimit(AIMDLimit.newBuilder()
			.initialLimit(initial)
			.minLimit(min)
			.maxLimit(max)
			.timeout(TimeUnit.NANOSECONDS.convert(targetLatency), TimeUnit.NANOSECONDS)
			.build());
	}

	/**
	 * Compares the latency of each second with the long-term latency. Grows while both
	 * are about equal, and shrinks while requests are slower than usual.
	 * @param initial the initial size
	 * @param min the minimum size
	 * @param max the maximum size
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
