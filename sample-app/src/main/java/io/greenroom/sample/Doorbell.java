package io.greenroom.sample;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes one listener. All rings since the last look count as one, so there is no queue
 * that could grow: a slow listener looks once and sees the newest state.
 */
final class Doorbell {

	private final Semaphore rings = new Semaphore(0);

	private volatile boolean closed; // set once, by the thread that closes the feed

	void ring() {
		this.rings.release();
	}

	void close() {
		this.closed = true;
		ring();
	}

	/**
	 * Waits for a ring, for up to the given time, and consumes all that have arrived.
	 * @param limit the maximum time to wait
	 * @return whether there is a reason to look again; {@code false} once closed
	 * @throws InterruptedException if interrupted while waiting
	 */
	boolean await(Duration limit) throws InterruptedException {
		if (this.rings.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
			this.rings.drainPermits();
		}
		return !this.closed;
	}

}
