package io.greenroom.bench;

import java.util.concurrent.CountDownLatch;

/**
 * The object whose method is called: counts, without a lock.
 * <p>
 * It lies on cache lines of its own. What a body writes would else share one, in some
 * forks and for all of their time, with what callers read for each call, and such a fork
 * measures twice the time or more.
 */
@SuppressWarnings("unused") // the gap is only to be there
public class Counter extends CounterGap.Count {

	private long g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14, g15, g16;

	public int increment() {
		return ++this.count;
	}

	/** For calls that nobody waits for: the last of those awaited says so. */
	public void count() {
		if (++this.count == this.awaited) {
			this.reached.countDown();
		}
	}

	/** Has {@link #count} begin again from 0; the latch opens at the given number. */
	CountDownLatch await(int number) {
		CountDownLatch latch = new CountDownLatch(1);
		this.count = 0;
		this.awaited = number;
		this.reached = latch;
		return latch;
	}

}
