package io.greenroom.durable.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.durable.Durable;
import io.greenroom.observe.OutboxGauges;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The numbers of waiting and dead calls of a handler. The values are cached, so that a
 * reader does not always ask the database. Safe for use by many threads.
 */
final class OutboxBacklog implements OutboxGauges {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/** How long a value is valid, in nanoseconds. */
	private static final long GOOD = TimeUnit.SECONDS.toNanos(5);

	/** The count stops here, because counting further would take too long. */
	private static final int MOST = 100_000;

	private final String handler;

	private final OutboxStore store;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable Known known;

	OutboxBacklog(String handler, OutboxStore store) {
		this.handler = handler;
		this.store = store;
	}

	@Override
	public long waiting() {
		return known().backlog().waiting();
	}

	@Override
	public Duration oldestAge() {
		Instant oldest = known().backlog().oldest();
		Duration age = (oldest != null) ? Duration.between(oldest, Instant.now()) : Duration.ZERO;
		return age.isNegative() ? Duration.ZERO : age;
	}

	@Override
	public long dead() {
		return known().dead();
	}

	private Known known() {
		Known found = this.known;
		if (found != null && !found.isOld()) {
			return found;
		}
		this.lock.lock();
		try {
			found = this.known;
			if (found == null || found.isOld()) {
				found = look(found);
				this.known = found;
			}
			return found;
		}
		finally {
			this.lock.unlock();
		}
	}

	private Known look(@Nullable Known before) {
		try {
			return new Known(this.store.backlog(this.handler, MOST), this.store.dead().getOrDefault(this.handler, 0L),
					System.nanoTime());
		}
		catch (RuntimeException failure) {
			Failures.log(log, Level.DEBUG, failure, "The calls that wait for {} could not be counted", this.handler);
			return (before != null) ? new Known(before.backlog(), before.dead(), System.nanoTime())
					: new Known(new OutboxStore.Backlog(0, null), 0, System.nanoTime());
		}
	}

	private record Known(OutboxStore.Backlog backlog, long dead, long at) {

		boolean isOld() {
			return System.nanoTime() - this.at > GOOD;
		}

	}

}
