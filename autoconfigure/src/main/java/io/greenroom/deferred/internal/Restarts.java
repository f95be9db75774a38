package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

import io.greenroom.deferred.RestartPolicy;
import org.jspecify.annotations.Nullable;

/** Counts the restarts of one loop. Confined to its owner. */
final class Restarts {

	private final RestartPolicy policy;

	/** When the loop was restarted within the period, oldest first. */
	private final Deque<Long> times = new ArrayDeque<>();

	Restarts(RestartPolicy policy) {
		this.policy = policy;
	}

	/**
	 * Returns how long to wait before a loop that has died starts again, {@code null} to
	 * give up.
	 */
	@Nullable Duration next(long now) {
		long period = HandlerCore.nanos(this.policy.period());
		while (!this.times.isEmpty() && now - this.times.getFirst() > period) {
			this.times.removeFirst();
		}
		if (this.times.size() >= this.policy.limit()) {
			return null;
		}
		long backoff = HandlerCore.nanos(this.policy.backoff());
		for (int i = 0; i < this.times.size() && backoff < period; i++) {
			backoff *= 2;
		}
		this.times.addLast(now);
		return Duration.ofNanos(Math.min(backoff, period));
	}

}
