package io.greenroom.keyed.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.keyed.Keyed;
import io.greenroom.observe.KeyedGauges;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The meter values of a keyed handler. Values that only the database knows are some
 * seconds old: a reader never waits for the database, but triggers a new count on a green
 * thread if the values are old. If counting is slow it is done rarely, and without
 * readers it is not done at all.
 */
final class StoredCounts implements KeyedGauges {

	private static final Logger log = LoggerFactory.getLogger(Keyed.class);

	/** Counting takes up to one part in this many of the time. */
	private static final int REST = 20;

	private final String name;

	private final GreenScheduler scheduler;

	private final AtomicInteger active;

	private final KeyedFactory<?> factory;

	/** The maximum age of a value, in nanoseconds. */
	private final long fresh;

	private final AtomicBoolean counting = new AtomicBoolean();

	/** {@code null} before the first count. */
	private volatile @Nullable Counted last;

	/**
	 * When the next count is due, in the scheduler's time.
	 */
	private volatile long due;

	/** Whether the last query failed. Confined to the counting thread. */
	private boolean failing;

	StoredCounts(String name, GreenScheduler scheduler, AtomicInteger active, KeyedFactory<?> factory, Duration fresh) {
		this.fresh = fresh.toNanos();
		this.name = name;
		this.scheduler = scheduler;
		this.due = scheduler.nanoTime();
		this.active = active;
		this.factory = factory;
	}

	@Override
	public int active() {
		return this.active.get();
	}

	@Override
	public Set<String> storedStates() {
		return this.factory.isStored() ? this.factory.states() : Set.of();
	}

	@Override
	public double stored(String state) {
		Counted counted = latest();
		return (counted != null) ? counted.states().getOrDefault(state, 0L) : Double.NaN;
	}

	@Override
	public double stranded() {
		Counted counted = latest();
		return (counted != null) ? counted.stranded() : Double.NaN;
	}

	private @Nullable Counted latest() {
		if (this.scheduler.nanoTime() - this.due >= 0 && this.counting.compareAndSet(false, true)) {
			boolean begun = false;
			try {
				this.scheduler.spawn(this::count);
				begun = true;
			}
			catch (SchedulerClosedException closed) {
				// The scheduler is closing, and the values end with it.
			}
			finally {
				if (!begun) {
					this.counting.set(false);
				}
			}
		}
		return this.last;
	}

	private void count() {
		long start = this.scheduler.nanoTime();
		try {
			Map<String, Long> states = this.factory.counts();
			this.last = new Counted((states != null) ? states : Map.of(), this.factory.strandedCount());
			this.failing = false;
		}
		catch (Throwable failure) {
			this.last = null;
			Failures.log(log, this.failing ? Level.DEBUG : Level.WARN, failure,
					"The keys of handler '{}' could not be counted; the meters have no value until counting succeeds",
					this.name);
			this.failing = true;
		}
		finally {
			long took = this.scheduler.nanoTime() - start;
			this.due = start + Math.max(this.fresh, REST * took);
			this.counting.set(false);
		}
	}

	private record Counted(Map<String, Long> states, long stranded) {

	}

}
