package io.greenroom.state;

import java.util.concurrent.CountDownLatch;

class Timed {

	final CountDownLatch never = new CountDownLatch(1);

	@State(initial = true, transitionsTo = { "withered", "rested" }, timeout = "20ms", onTimeout = "withered")
	void flowering() throws InterruptedException {
		this.never.await();
	}

	@State(initial = true, transitionsTo = "withered", timeout = "20ms", onTimeout = "withered")
	void rested() {
	}

	@State
	void withered() {
	}

}
