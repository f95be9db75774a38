package io.greenroom.web.internal;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Keeps the pools open for as long as the web server answers: what runs goes on, what
 * waits runs, and what comes on an open connection is served as ever. Shortly before the
 * grace period is over, a thread that still waits is rejected, so that every client gets
 * an answer. A pool that was idle for a moment stays open. The scheduler closes later,
 * for what the server did not wait for.
 */
public final class ControllerPoolsLifecycle implements SmartLifecycle {

	/** Where Boot's web servers shut down gracefully. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

	/** The least time for the answers to those who are rejected in the end. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final Supplier<? extends @Nullable ControllerPools> pools;

	private final Duration patience;

	private volatile boolean running;

	/**
	 * Makes the lifecycle of the pools.
	 * @param pools what to close
	 * @param grace how long the server waits for its requests; zero if it does not
	 */
	public ControllerPoolsLifecycle(ControllerPools pools, Duration grace) {
		this(() -> pools, grace);
	}

	/**
	 * Makes the lifecycle of pools that may never be made.
	 * @param pools gives what to close, {@code null} where there is nothing
	 * @param grace how long the server waits for its requests; zero if it does not
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
	 * Beside the server, not before it: both have the same phase. The phase need not wait
	 * for more than those who are there; the server waits for its own.
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
