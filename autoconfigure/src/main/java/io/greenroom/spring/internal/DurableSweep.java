package io.greenroom.spring.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.durable.Durable;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.durable.UnreadableRowException;
import io.greenroom.durable.internal.DurableNode;
import io.greenroom.durable.internal.RowId;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.keyed.TooManyKeysException;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.internal.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Creates instances that have pending work although they are not called: those whose
 * timeout is due, those whose body was run by a node that is gone, and those that were
 * dropped while working. The instance itself does the work, and the version of its row
 * decides which node it belongs to. The sweep also records this node's signs of life.
 */
final class DurableSweep implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/**
	 * How many instances with overdue timers are created before their timers have fired.
	 */
	private static final int WINDOW = 100;

	/** How many instances are created for timers that are due soon. */
	private static final int SOON = 1000;

	/** How long an overdue instance is waited for, in nanoseconds. */
	private static final long PATIENCE = 2_000_000_000;

	/** How long a timer may take to fire, in nanoseconds. */
	private static final long SHORT = 500_000_000;

	/** The pause while there is much to do. */
	private static final Duration BUSY = Duration.ofMillis(20);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

	/** Creating many instances takes a while. */
	private static final Duration SHORTEST_AHEAD = Duration.ofSeconds(1);

	private final RowStore rows;

	private final DurableNode node;

	private final Duration interval;

	private final List<Watched> watched = new CopyOnWriteArrayList<>();

	/**
	 * Instances that were dropped, with an object for each loss, because an instance may
	 * be lost again meanwhile.
	 */
	private final Map<RowId, Object> lost = new ConcurrentHashMap<>();

	/** When an overdue instance was first seen. Confined to the sweep. */
	private final Map<RowId, Long> waiting = new HashMap<>();

	/** Instances that were renewed for a timeout. Confined to the sweep. */
	private final Map<RowId, Failed> renewed = new HashMap<>();

	/** Instances that could not be created. */
	private final Map<RowId, Failed> failed = new ConcurrentHashMap<>();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Guarded by the lock. */
	private boolean closed;

	/** Whether this node leaves and runs nothing any more. Guarded by the lock. */
	private boolean ended;

	/** Guarded by the lock. */
	private boolean hurry;

	/**
	 * Whether the last attempt has failed, which is logged once. Confined to the sweep.
	 */
	private boolean failing;

	/** Creates a sweep that does nothing yet. */
	DurableSweep(RowStore rows, DurableNode node, Duration interval) {
		this.rows = Objects.requireNonNull(rows, "rows");
		this.node = Objects.requireNonNull(node, "node");
		this.interval = Objects.requireNonNull(interval, "interval");
	}

	/** Adds a handler. */
	void watch(String name, Set<String> states, KeyType keys, KeyedHandler<?, ?> handler) {
		this.watched.add(new Watched(name, states, keys, handler, new DurableMaking(name, this::isClosed)));
	}

	/** Starts, on threads of its own. */
	void start() {
		Thread.ofVirtual().name("greenroom-durable-sweep").start(this::sweep);
		Thread.ofVirtual().name("greenroom-durable-beat").start(this::beat);
	}

	/** Creates a dropped instance again, because its body may have to run. */
	void lost(RowId id) {
		this.lost.put(id, new Object());
		this.lock.lock();
		try {
			this.hurry = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Creates no further instances. Running bodies may continue, and must not be taken
	 * over.
	 */
	void stop() {
		end(false);
	}

	/** Called when this node has ended. */
	@Override
	public void close() {
		end(true);
	}

	private void end(boolean all) {
		this.lock.lock();
		try {
			this.closed = true;
			this.ended |= all;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void beat() {
		boolean told = false;
		do {
			try {
				this.node.beat();
				told = false;
			}
			catch (Throwable failure) {
				if (!told) {
					Failures.log(log, Level.WARN, failure,
							"The sign of life of this node could not be written to the database; after {} other nodes take over its bodies",
							this.node.timeout());
				}
				told = true;
			}
		}
		while (!pause(this.node.timeout().dividedBy(4), false));
	}

	private void sweep() {
		Duration next;
		do {
			next = this.interval;
			try {
				if (look()) {
					next = BUSY;
				}
				this.failing = false;
			}
			catch (Throwable failure) {
				Failures.log(log, this.failing ? Level.DEBUG : Level.WARN, failure,
						"The rows of durable handlers could not be checked for timeouts; trying again every {}",
						this.interval);
				this.failing = true;
			}
		}
		while (!pause((next.compareTo(this.interval) < 0) ? next : this.interval, true));
	}

	/** Returns whether the sweep, or everything, has ended. */
	private boolean pause(Duration length, boolean sweeps) {
		long left = TimeUnit.NANOSECONDS.convert(length);
		this.lock.lock();
		try {
			while (left > 0 && !isOver(sweeps) && !(sweeps && this.hurry)) {
				left = this.changed.awaitNanos(left);
			}
			if (sweeps) {
				this.hurry = false;
			}
			return isOver(sweeps);
		}
		catch (InterruptedException ex) {
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Must hold the lock. */
	private boolean isOver(boolean sweeps) {
		return sweeps ? this.closed : this.ended;
	}

	/** Returns whether more work is left. */
	private boolean look() {
		boolean more = false;
		Set<RowId> overdue = new HashSet<>();
		for (Watched handler : this.watched) {
			// What is due first is created first.
			Set<RowId> found = new LinkedHashSet<>();
			for (RowId id : this.lost.keySet()) {
				if (id.handler().equals(handler.name())) {
					found.add(id);
				}
			}
			Instant now = Instant.now();
			int limit = WINDOW + patient();
			List<RowId> late = this.rows.due(handler.name(), handler.states(), now, limit);
			more |= late.size() == limit;
			overdue.addAll(late);
			found.addAll(late);
			List<RowId> abandoned = this.rows.abandoned(handler.name(), handler.states(), this.node.timeout(),
					WINDOW + this.failed.size());
			more |= abandoned.size() >= WINDOW;
			found.addAll(abandoned);
			if (late.size() < limit) {
				found.addAll(this.rows.due(handler.name(), handler.states(), now.plus(ahead()), SOON));
			}
			Set<RowId> renewed = new HashSet<>(abandoned);
			late.stream().filter(this::isForgotten).forEach(renewed::add);
			found.removeIf(this::isPausing);
			handler.making().next(found, renewed, (id, anew) -> activate(handler, id, anew));
		}
		remember(overdue);
		return more;
	}

	/** Returns whether an existing instance may have missed its timeout. */
	private boolean isForgotten(RowId id) {
		Long since = this.waiting.get(id);
		if (since == null || System.nanoTime() - since < Math.max(SHORT,
				2 * Math.min(TimeUnit.NANOSECONDS.convert(this.interval), Long.MAX_VALUE / 2))) {
			return false;
		}
		// The move may fail repeatedly, and the pauses grow then.
		Failed before = this.renewed.get(id);
		boolean again = before == null || before.isOver();
		if (again) {
			this.renewed.put(id, (before != null) ? before.again() : new Failed(1, System.nanoTime()));
		}
		return again;
	}

	/**
	 * Returns how many instances have been overdue for so long that they are no longer
	 * waited for.
	 */
	private int patient() {
		long now = System.nanoTime();
		return (int) this.waiting.values().stream().filter((since) -> now - since > PATIENCE).count();
	}

	private void remember(Set<RowId> overdue) {
		this.waiting.keySet().retainAll(overdue);
		this.renewed.keySet().retainAll(overdue);
		this.failed.values().removeIf((failure) -> failure.isOld());
		long now = System.nanoTime();
		overdue.forEach((id) -> this.waiting.putIfAbsent(id, now));
	}

	private boolean isPausing(RowId id) {
		Failed before = this.failed.get(id);
		return before != null && !before.isOver();
	}

	/** Returns how long before its deadline an instance is created. */
	private Duration ahead() {
		Duration two = this.interval.multipliedBy(2);
		return (two.compareTo(SHORTEST_AHEAD) > 0) ? two : SHORTEST_AHEAD;
	}

	/** An existing instance may know an older row, and is replaced if it is idle. */
	private void activate(Watched handler, RowId id, boolean renewed) {
		Object loss = this.lost.get(id);
		boolean again = false;
		try {
			handler.activate(id.key(), renewed);
			this.failed.remove(id);
		}
		catch (StaleInstanceException elsewhere) {
			log.debug("{} is currently run by another node", id, elsewhere);
			this.failed.put(id, new Failed(0, System.nanoTime()));
		}
		catch (Throwable failure) {
			Failed before = this.failed.get(id);
			boolean told = before != null || failure instanceof TooManyKeysException || isClosed();
			Failed next = (before != null) ? before.again() : new Failed(1, System.nanoTime());
			this.failed.put(id, next);
			again = !(failure instanceof UnreadableRowException);
			Failures.log(log, told ? Level.DEBUG : Level.WARN, failure,
					"{} has pending work but could not be created; trying again in {}", id, next.pause());
		}
		if (!again && loss != null) {
			this.lost.remove(id, loss);
		}
	}

	private boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** A handler whose machines are swept. */
	private record Watched(String name, Set<String> states, KeyType keys, KeyedHandler<?, ?> handler,
			DurableMaking making) {

		@SuppressWarnings("unchecked")
		void activate(String text, boolean renewed) throws Throwable {
			KeyedHandler<Object, ?> known = (KeyedHandler<Object, ?>) this.handler;
			Object key = this.keys.parse(text);
			if (renewed && known.isActive(key)) {
				known.passivate(key);
			}
			known.activate(key);
		}

	}

	/**
	 * A key whose instance could not be created.
	 *
	 * @param times how many times in a row
	 * @param last the time of the last attempt
	 */
	private record Failed(int times, long last) {

		Failed again() {
			return new Failed(this.times + 1, System.nanoTime());
		}

		Duration pause() {
			Duration pause = Duration.ofSeconds(1L << Math.min(this.times, 10));
			return (pause.compareTo(LONGEST_PAUSE) < 0) ? pause : LONGEST_PAUSE;
		}

		boolean isOver() {
			return System.nanoTime() - this.last > pause().toNanos();
		}

		/**
		 * Returns whether there was no further attempt because nothing was pending any
		 * more.
		 */
		boolean isOld() {
			return System.nanoTime() - this.last > 3 * LONGEST_PAUSE.toNanos();
		}

	}

}
