package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.greenroom.durable.Durable;
import io.greenroom.observe.internal.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Holds the lease of this process on its lanes. Renews it in time, and knows from when on
 * it may have been lost. Safe for use by many threads.
 */
final class OutboxLease {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final String owner = ProcessHandle.current().pid() + "-" + UUID.randomUUID();

	private final OutboxStore store;

	private final Duration length;

	/** When the last successful renewal had begun. */
	private volatile long renewed = System.nanoTime();

	/** Lanes that were taken before this time may be owned by another node. */
	private volatile long doubtful = System.nanoTime();

	private boolean told;

	OutboxLease(OutboxStore store, Duration length) {
		this.store = store;
		this.length = length;
	}

	String owner() {
		return this.owner;
	}

	Duration length() {
		return this.length;
	}

	/** The time between renewals. */
	Duration pause() {
		return this.length.dividedBy(3);
	}

	/** Renews the lease if it is needed. Called by one thread. */
	void renew(BooleanSupplier isNeeded) {
		long now = System.nanoTime();
		if (now - this.renewed > TimeUnit.NANOSECONDS.convert(this.length)) {
			this.doubtful = now;
		}
		if (!isNeeded.getAsBoolean()) {
			this.renewed = now;
			return;
		}
		try {
			this.store.renew(this.owner, this.length);
			this.renewed = now;
			this.told = false;
		}
		catch (Throwable failure) {
			Failures.log(log, this.told ? Level.DEBUG : Level.WARN, failure,
					"The leases of lanes with stored calls could not be renewed; other nodes deliver their calls again if this continues for {}",
					this.length);
			this.told = true;
		}
	}

	/** Returns whether this process still owns a lane that it took at the given time. */
	boolean holds(long taken) {
		long last = Math.max(taken - this.renewed, 0) + this.renewed;
		return taken - this.doubtful >= 0 && System.nanoTime() - last < TimeUnit.NANOSECONDS.convert(this.length);
	}

}
