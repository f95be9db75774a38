package io.greenroom.classpath;

import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.ForkedJvm;

/**
 * Calls a handler in a loop that never waits, and prints how many calls it had made when
 * the first of them ran.
 */
public final class Torrent {

	private static final int CALLS = 5_000;

	private Torrent() {
	}

	public static void main(String[] args) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().build()) {
			Drop drop = new Drop();
			Drop oneway = Deferred.of(scheduler, drop).oneway();
			scheduler.spawn(() -> {
				for (int i = 0; i < CALLS; i++) {
					drop.made.set(i + 1);
					oneway.fall();
				}
			}).join();
			System.out.println(ForkedJvm.ANSWER + drop.madeAtFirst);
		}
	}

	/** What is called. */
	public static class Drop {

		private final AtomicInteger made = new AtomicInteger();

		private int madeAtFirst;

		private boolean fell;

		public void fall() {
			if (!this.fell) {
				this.fell = true;
				this.madeAtFirst = this.made.get();
			}
		}

	}

}
