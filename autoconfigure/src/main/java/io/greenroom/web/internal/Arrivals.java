package io.greenroom.web.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flights that are over and not yet dispatched back. A server without a free thread, or
 * one that stops, may silently lose the dispatch; such a flight ends here. Safe for use
 * by many threads.
 */
final class Arrivals {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	/** Far more than a merely busy server needs for a dispatch. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Duration patience;

	/** Not the scheduler, whose shutdown would find the timer and report it. */
	private final Executor later;

	/** The time at which each flight was over, in nanoseconds. */
	private final Map<Flight, Long> expected = new ConcurrentHashMap<>();

	private final AtomicBoolean watching = new AtomicBoolean();

	private volatile boolean closed;

	Arrivals() {
		this(PATIENCE);
	}

	Arrivals(Duration patience) {
		this.patience = patience;
		this.later = CompletableFuture.delayedExecutor(patience.toNanos() / 4, TimeUnit.NANOSECONDS,
				Thread.ofVirtual().name("hop-arrivals")::start);
	}

	void expect(Flight flight) {
		this.expected.put(flight, System.nanoTime());
		if (this.closed) {
			flight.end();
			return;
		}
		watch();
	}

	void forget(Flight flight) {
		this.expected.remove(flight);
	}

	/** Starts the one timer for all flights, which runs only while there are any. */
	private void watch() {
		if (!this.expected.isEmpty() && this.watching.compareAndSet(false, true)) {
			this.later.execute(this::look);
		}
	}

	private void look() {
		try {
			long now = System.nanoTime();
			this.expected.forEach((flight, since) -> {
				if (now - since > this.patience.toNanos()) {
					log.warn("The server has not dispatched a request back within {} after its controller has run; "
							+ "its slot is given to another request. Check that the server has enough threads "
							+ "and a long enough queue", this.patience);
					flight.end();
				}
			});
		}
		finally {
			this.watching.set(false);
			watch();
		}
	}

	/** Called when the server has gone and there are no more dispatches. Idempotent. */
	void close() {
		this.closed = true;
		this.expected.keySet().forEach(Flight::end);
	}

}
