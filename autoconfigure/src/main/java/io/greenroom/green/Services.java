package io.greenroom.green;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.Timing;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The services of one scheduler. Each is inspected about as often as it wants, whatever
 * the others want.
 */
final class Services {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	/** Numbers the entries. */
	private static final AtomicLong MADE = new AtomicLong();

	/** The least time between two inspections, in nanoseconds. */
	private static final long SHORTEST_PAUSE = 10_000_000;

	/** The services that are kept alive here. */
	private final Map<GreenService, Entry> kept = new ConcurrentHashMap<>();

	/**
	 * The services that live as long as they are referenced elsewhere, with the
	 * nanoseconds between two inspections, zero for none. Guarded by the map, which also
	 * guards moves between the maps.
	 */
	private final Map<GreenService, Long> released = new WeakHashMap<>();

	/**
	 * The rounds by the nanoseconds between two inspections, of which there are a few
	 * dozen at most.
	 */
	private final Map<Long, Round> rounds = new ConcurrentHashMap<>();

	private final Engine engine;

	Services(Engine engine) {
		this.engine = engine;
	}

	/** Returns all current services; those that are kept alive in order. */
	List<GreenService> all() {
		synchronized (this.released) {
			List<GreenService> all = new ArrayList<>();
			this.kept.values()
				.stream()
				.sorted(Comparator.comparingLong(Entry::number))
				.forEach((entry) -> all.add(entry.service));
			all.addAll(this.released.keySet());
			return all;
		}
	}

	void add(GreenService service) {
		this.kept.putIfAbsent(service, new Entry(service));
	}

	/** Stops keeping a service alive and inspecting it. */
	void release(GreenService service) {
		synchronized (this.released) {
			// Removed first, so that an inspection in progress does not add it again.
			Entry entry = this.kept.remove(service);
			if (entry != null) {
				leave(entry);
				Round round = entry.round;
				this.released.put(service, (round != null) ? round.pause : 0);
			}
		}
	}

	/** Keeps a released service alive again, and inspects it again. */
	void retain(GreenService service) {
		Entry entry;
		synchronized (this.released) {
			Long pause = this.released.remove(service);
			if (pause != null) {
				entry = new Entry(service);
				entry.round = (pause != 0) ? this.rounds.computeIfAbsent(pause, Round::new) : null;
				this.kept.put(service, entry);
			}
			else {
				entry = this.kept.get(service);
			}
		}
		Round round = (entry != null) ? entry.round : null;
		if (entry != null && round != null && !round.entries.contains(entry)) {
			join(entry, round);
		}
	}

	void remove(GreenService service) {
		synchronized (this.released) {
			this.released.remove(service);
			Entry entry = this.kept.remove(service);
			if (entry != null) {
				leave(entry);
			}
		}
	}

	/** Removes all services for good. */
	void clear() {
		synchronized (this.released) {
			this.kept.clear();
			this.released.clear();
		}
		this.rounds.values().forEach(Round::end);
	}

	private static void leave(Entry entry) {
		Round round = entry.round;
		if (round != null) {
			round.entries.remove(entry);
		}
	}

	/** Inspects a service at its interval; zero for never. */
	void inspectEvery(GreenService service, long nanos) {
		Entry entry = this.kept.get(service);
		if (nanos == 0 || entry == null) {
			return;
		}
		// Hardly more often than wanted, and with only a few different rounds.
		long pauses = Math.max(nanos / SHORTEST_PAUSE, 1);
		long pause = (pauses - pauses % Math.max(Long.highestOneBit(pauses) / 4, 1)) * SHORTEST_PAUSE;
		Round round = this.rounds.computeIfAbsent(pause, Round::new);
		entry.round = round;
		join(entry, round);
	}

	private void join(Entry entry, Round round) {
		round.entries.add(entry);
		if (this.kept.get(entry.service) != entry) {
			leave(entry);
		}
		round.begin();
	}

	/** One service. */
	private static final class Entry {

		private final GreenService service;

		private final long number = MADE.getAndIncrement();

		/** Volatile, because the thread that removes the service reads it. */
		private volatile @Nullable Round round;

		/** Whether an inspection of it is in progress; inspections must not overlap. */
		private volatile boolean inspected;

		Entry(GreenService service) {
			this.service = service;
		}

		long number() {
			return this.number;
		}

	}

	/**
	 * The services inspected at one interval. A round that is blocked by a service is
	 * continued by the next, which leaves out that service.
	 */
	private final class Round {

		/** In the order of their making, so that a worker's runs are the same. */
		private final Set<Entry> entries = new ConcurrentSkipListSet<>(Comparator.comparingLong(Entry::number));

		private final long pause;

		/** Cancels the next one; guarded by this. */
		private @Nullable Runnable next;

		/** Whether there is a next one; guarded by this. */
		private boolean going;

		/** Guarded by this. */
		private boolean ended;

		/** How many rounds have begun; only the latest goes on. */
		private volatile int number;

		Round(long pause) {
			this.pause = pause;
		}

		synchronized void begin() {
			if (!this.going && !this.ended) {
				schedule();
			}
		}

		synchronized void end() {
			this.ended = true;
			this.entries.clear();
			if (this.next != null) {
				this.next.run();
			}
		}

		/** Called under the lock. */
		private void schedule() {
			try {
				this.next = Services.this.engine.schedule(this.pause, Timing.LOOK, this::inspectAll);
				this.going = true;
			}
			catch (RejectedExecutionException closed) {
				// The scheduler was closed in this moment, and the services will be.
				this.going = false;
			}
		}

		private void inspectAll() {
			int mine = beginNext();
			for (Entry entry : this.entries) {
				if (this.number != mine) {
					return;
				}
				if (!entry.inspected) {
					inspect(entry);
				}
			}
		}

		/** Schedules the next round, whatever happens to this one. */
		private synchronized int beginNext() {
			this.going = false;
			if (!this.entries.isEmpty() && !this.ended) {
				schedule();
			}
			return ++this.number;
		}

		private void inspect(Entry entry) {
			entry.inspected = true;
			try {
				entry.service.inspect();
			}
			catch (Throwable failure) {
				Failures.log(log, Level.WARN, failure, "Service '{}' could not be inspected", entry.service.name());
			}
			finally {
				entry.inspected = false;
			}
			if (isAtRest(entry.service)) {
				this.entries.remove(entry);
				// Checked again, because a service that woke meanwhile has found itself
				// still present.
				if (!isAtRest(entry.service)) {
					join(entry, this);
				}
			}
		}

		private static boolean isAtRest(GreenService service) {
			return ForeignCode.ask(log, "A service that was asked whether it rests", false, service::isAtRest);
		}

	}

}
