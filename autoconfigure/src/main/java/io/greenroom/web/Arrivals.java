package io.greenroom.web;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.SchedulerClosedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flights that are over and not yet dispatched back. A server that has no thread left for
 * the dispatch, or that stops, may lose it without a word; such a flight ends here. Safe
 * for use by many threads.
 */
final class Arrivals {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	/** Far more than a server that is only busy needs for a dispatch. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final GreenScheduler scheduler;

	private final Duration patience;

	/** With the time at which each one was over, in nanoseconds. */
	private final Map<Flight, Long> expected = new ConcurrentHashMap<>();

	private final AtomicBoolean watching = new AtomicBoolean();

	private volatile boolean closed;

	Arrivals(GreenScheduler scheduler) {
		this(scheduler, PATIENCE);
	}

	Arrivals(GreenScheduler scheduler, Duration patience) {
		this.scheduler = scheduler;
		this.patience = patience;
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

	/** One timer for all, and only while there are any. */
	private void watch() {
		if (!this.expected.isEmpty() && this.watching.compareAndSet(false, true)) {
			try {
				this.scheduler.spawnLater(this.patience.dividedBy(4), this::look);
			}
			catch (SchedulerClosedException closing) {
				// Nobody is left who could do it later.
				this.watching.set(false);
			}
		}
	}

	private void look() {
		try {
			long now = System.nanoTime();
			this.expected.forEach((flight, since) -> {
				if (now - since > this.patience.toNanos()) {
					log.warn("The server has not dispatched a request back within {} after its controller has run; "
							+ "its slot is given to the next. Has the server threads enough, and a queue that is "
							+ "long enough for them?", this.patience);
					flight.end();
				}
			});
		}
		finally {
			this.watching.set(false);
			watch();
		}
	}

	/** The server has gone: there are no dispatches any more. Idempotent. */
	void close() {
		this.closed = true;
		this.expected.keySet().forEach(Flight::end);
	}

}
