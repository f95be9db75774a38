package io.greenroom.web.internal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds controllers inside until the test lets them out, and counts them. */
final class Gate {

	private final Semaphore out = new Semaphore(0);

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger most = new AtomicInteger();

	private final CountDownLatch anybody = new CountDownLatch(1);

	void pass() throws InterruptedException {
		this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
		this.anybody.countDown();
		try {
			if (!this.out.tryAcquire(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The test let nobody out");
			}
		}
		finally {
			this.inside.decrementAndGet();
		}
	}

	void open() {
		this.out.release(1_000_000);
	}

	void letOut(int number) {
		this.out.release(number);
	}

	int inside() {
		return this.inside.get();
	}

	int most() {
		return this.most.get();
	}

	boolean awaitAnybody() throws InterruptedException {
		return this.anybody.await(20, TimeUnit.SECONDS);
	}

}
