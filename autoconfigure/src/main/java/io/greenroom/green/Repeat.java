package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.Callable;

import io.greenroom.green.internal.Idle;
import io.greenroom.green.internal.Timing;

/**
 * Runs a body repeatedly, with a pause after each run, until it fails, is killed, or the
 * scheduler shuts down.
 */
final class Repeat implements Callable<Void>, GreenService, Idle.BetweenRounds {

	private final String name;

	private final long pause;

	private final GreenTask body;

	private final CompletionLatch<Repeat> stopped = new CompletionLatch<>();

	Repeat(String name, long pause, GreenTask body) {
		this.name = name;
		this.pause = pause;
		this.body = body;
	}

	@Override
	@SuppressWarnings("NullAway") // Void has no other value
	public Void call() throws Exception {
		do {
			this.body.run();
			if (this.pause == 0) {
				Parking.sleep(Duration.ZERO);
			}
		}
		while (!this.stopped.awaitRelease(this.pause, this, Timing.ROUND));
		return null;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String toString() {
		return "the next round of " + this.name;
	}

	/** Lets the body finish its current run. The scheduler waits for the thread. */
	@Override
	public void stop(Duration grace) {
		this.stopped.release(this);
	}

}
