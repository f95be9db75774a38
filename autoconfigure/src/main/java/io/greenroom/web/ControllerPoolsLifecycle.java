package io.greenroom.web;

import java.time.Duration;

import org.springframework.context.SmartLifecycle;

/**
 * Empties the pools while the web server lets its requests finish: what runs goes on,
 * what waits runs or, shortly before the time is over, is refused, so that every client
 * gets an answer. The scheduler closes later, for what the server did not wait for.
 */
public final class ControllerPoolsLifecycle implements SmartLifecycle {

	/** Where Boot's web servers shut down gracefully. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

	/** The least time for the answers to those who are refused in the end. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final ControllerPools pools;

	private final Duration patience;

	private volatile boolean running;

	/**
	 * Makes the lifecycle of the pools.
	 * @param pools what to close
	 * @param grace how long the server waits for its requests; zero if it does not
	 */
	public ControllerPoolsLifecycle(ControllerPools pools, Duration grace) {
		this.pools = pools;
		Duration countable = (grace.compareTo(PoolTerms.LONGEST) > 0) ? PoolTerms.LONGEST : grace;
		Duration lastWords = countable.dividedBy(4);
		this.patience = countable.minus((lastWords.compareTo(LAST_WORDS) < 0) ? lastWords : LAST_WORDS);
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.pools.finish(this.patience);
	}

	/** Beside the server, not before it: both have the same phase. */
	@Override
	public void stop(Runnable callback) {
		Thread.ofVirtual().name("controller-pools-shutdown").start(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		});
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** A closed pool does not open again, so a pause passes it by. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
