package io.greenroom.sample;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes one listener. However often it rang meanwhile, the listener finds one ring, so a
 * slow one has no queue that could grow: it looks once and sees the newest.
 */
final class Doorbell {

	private final Semaphore rings = new Semaphore(0);

	private volatile boolean closed; // set once, by whoever closes the feed

	void ring() {
		this.rings.release();
	}

	void close() {
		this.closed = true;
		ring();
	}

	/**
	 * Waits for a ring, at most so long, and takes all that have come.
	 * @param limit how long to wait
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
