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
 * The numbers of a handler by key. Those that only the database knows are as of some
 * seconds ago: whoever reads them never waits for the database, but has them counted anew
 * on a green thread when they are old. Where counting takes long it is done rarely, and
 * where nobody reads them nothing is counted.
 */
final class StoredCounts implements KeyedGauges {

	private static final Logger log = LoggerFactory.getLogger(Keyed.class);

	/** Counting takes no larger part of the time than one in so many. */
	private static final int REST = 20;

	private final String name;

	private final GreenScheduler scheduler;

	private final AtomicInteger active;

	private final KeyedFactory<?> factory;

	/** How old a number may be, in nanoseconds. */
	private final long fresh;

	private final AtomicBoolean counting = new AtomicBoolean();

	/** Nothing until the database has been asked for the first time. */
	private volatile @Nullable Counted last;

	/**
	 * When the next look at the database is due, in the time of {@link System#nanoTime}.
	 */
	private volatile long due = System.nanoTime();

	/** Whether the last query failed; confined to the thread that counts. */
	private boolean failing;

	StoredCounts(String name, GreenScheduler scheduler, AtomicInteger active, KeyedFactory<?> factory, Duration fresh) {
		this.fresh = fresh.toNanos();
		this.name = name;
		this.scheduler = scheduler;
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
		if (System.nanoTime() - this.due >= 0 && this.counting.compareAndSet(false, true)) {
			boolean begun = false;
			try {
				this.scheduler.spawn(this::count);
				begun = true;
			}
			catch (SchedulerClosedException closed) {
				// The scheduler ends, and the numbers with it.
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
		long start = System.nanoTime();
		try {
			Map<String, Long> states = this.factory.counts();
			this.last = new Counted((states != null) ? states : Map.of(), this.factory.strandedCount());
			this.failing = false;
		}
		catch (Throwable failure) {
			this.last = null;
			Failures.log(log, this.failing ? Level.DEBUG : Level.WARN, failure,
					"The keys of handler '{}' could not be counted for the meters, which have no number till they can",
					this.name);
			this.failing = true;
		}
		finally {
			long took = System.nanoTime() - start;
			this.due = start + Math.max(this.fresh, REST * took);
			this.counting.set(false);
		}
	}

	private record Counted(Map<String, Long> states, long stranded) {

	}

}
