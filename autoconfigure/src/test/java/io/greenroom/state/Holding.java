package io.greenroom.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Holds in its first state until it is interrupted or let go. */
class Holding {

	final List<String> log = Collections.synchronizedList(new ArrayList<>());

	final CountDownLatch inside = new CountDownLatch(1);

	final CountDownLatch release = new CountDownLatch(1);

	volatile boolean stubborn;

	@State(initial = true, transitionsTo = { "next", "held" })
	void held() throws InterruptedException {
		this.inside.countDown();
		while (true) {
			try {
				this.release.await();
				this.log.add("released");
				return;
			}
			catch (InterruptedException ex) {
				this.log.add("interrupted");
				if (!this.stubborn) {
					throw ex;
				}
			}
		}
	}

	@State(transitionsTo = "last")
	void next() {
		this.log.add("next" + Thread.currentThread().isInterrupted());
	}

	@State
	void last() {
		this.log.add("last");
	}

}
