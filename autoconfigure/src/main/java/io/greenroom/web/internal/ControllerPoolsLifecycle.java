package io.greenroom.web.internal;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Keeps the pools open as long as the web server answers: running and waiting requests
 * continue, and new requests on open connections are served. Shortly before the end of
 * the grace period, requests that still wait are rejected, so that every client receives
 * an answer. Being idle for a moment does not close a pool. The scheduler closes later,
 * and ends what the server did not wait for.
 */
public final class ControllerPoolsLifecycle implements SmartLifecycle {

	/** The phase in which Boot's web servers shut down gracefully. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

	/** The minimum time for the answers to requests that are rejected at the end. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final Supplier<? extends @Nullable ControllerPools> pools;

	private final Duration patience;

	private volatile boolean running;

	/**
	 * Creates the lifecycle of the pools.
	 * @param pools the pools to close
	 * @param grace how long the server waits for its requests; zero if it does not wait
	 */
	public ControllerPoolsLifecycle(ControllerPools pools, Duration grace) {
		this(() -> pools, grace);
	}

	/**
	 * Creates the lifecycle of pools that may never be created.
	 * @param pools provides the pools to close, or {@code null} if there are none
	 * @param grace how long the server waits for its requests; zero if it does not wait
	 */
	public ControllerPoolsLifecycle(Supplier<? extends @Nullable ControllerPools> pools, Duration grace) {
		this.pools = pools;
		Duration countable = (grace.compareTo(PoolTerms.LONGEST) > 0) ? PoolTerms.LONGEST : grace;
		// Not dividedBy, which loads BigDecimal at the start.
		Duration lastWords = Duration.ofNanos(countable.toNanos() / 4);
		this.patience = countable.minus((lastWords.compareTo(LAST_WORDS) < 0) ? lastWords : LAST_WORDS);
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		ControllerPools made = this.pools.get();
		if (made != null) {
			made.awaitRest(this.patience);
			made.close();
		}
	}

	/**
	 * Runs concurrently with the server's shutdown, in the same phase. The phase need
	 * only wait for the requests that are present; the server waits for its own. When the
	 * time is over, the waiting are rejected before the phase ends: then the server is
	 * stopped, which interrupts the running, and their slots must not go to the waiting.
	 */
	@Override
	public void stop(Runnable callback) {
		this.running = false;
		ControllerPools made = this.pools.get();
		if (made == null) {
			callback.run();
			return;
		}
		long end = System.nanoTime() + this.patience.toNanos();
		Thread.ofVirtual().name("controller-pools-shutdown").start(() -> {
			try {
				made.awaitRest(this.patience);
				if (end - System.nanoTime() <= 0) {
					made.close();
				}
			}
			finally {
				callback.run();
			}
			made.awaitClosed(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
			made.close();
		});
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** A closed pool does not open again, so pausing the context does not affect it. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
