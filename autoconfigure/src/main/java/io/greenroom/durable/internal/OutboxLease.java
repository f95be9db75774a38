package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;

import io.greenroom.durable.Durable;
import io.greenroom.observe.internal.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps the lanes that this process has: says in time that it is still there, and knows
 * since when it can't be sure of that. Safe for use by many threads.
 */
final class OutboxLease {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final String owner = ProcessHandle.current().pid() + "-" + UUID.randomUUID();

	private final OutboxStore store;

	private final Duration length;

	/** When the last renewal that came through had begun. */
	private volatile long renewed = System.nanoTime();

	/** Lanes that were taken before may be somebody else's. */
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

	/** How often to renew. */
	Duration pause() {
		return this.length.dividedBy(3);
	}

	/** Renews, if there is anything; called by one thread. */
	void renew(BooleanSupplier isNeeded) {
		long now = System.nanoTime();
		if (now - this.renewed > this.length.toNanos()) {
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
					"The leases of lanes with stored calls could not be renewed; others deliver their calls again if that goes on for {}",
					this.length);
			this.told = true;
		}
	}

	/** Returns whether a lane is still this process's that was taken at a time. */
	boolean holds(long taken) {
		long last = Math.max(taken - this.renewed, 0) + this.renewed;
		return taken - this.doubtful >= 0 && System.nanoTime() - last < this.length.toNanos();
	}

}
