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
 * Has the instances made that have something to do though nobody calls them: whose
 * timeout comes, whose body was run by a node that is gone, or which were dropped in the
 * middle. The instance itself does what is to be done, and the version of its row says
 * which node's it is. Says meanwhile that this node is there.
 */
final class DurableSweep implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/** How many instances with overdue timers are made before their timers have fired. */
	private static final int WINDOW = 100;

	/** How many instances are made for timers that come soon. */
	private static final int SOON = 1000;

	/** After so long an instance that is overdue is on its own, in nanoseconds. */
	private static final long PATIENCE = 2_000_000_000;

	/** So long a timer may take to fire, in nanoseconds. */
	private static final long SHORT = 500_000_000;

	/** When to look again while there is much to do. */
	private static final Duration BUSY = Duration.ofMillis(20);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

	/** To make many instances takes a while. */
	private static final Duration SHORTEST_AHEAD = Duration.ofSeconds(1);

	private final RowStore rows;

	private final DurableNode node;

	private final Duration interval;

	private final List<Watched> watched = new CopyOnWriteArrayList<>();

	/**
	 * Instances that were dropped, with the loss each: one may be lost again meanwhile.
	 */
	private final Map<RowId, Object> lost = new ConcurrentHashMap<>();

	/** When an overdue instance was first seen to be; confined to the sweep. */
	private final Map<RowId, Long> waiting = new HashMap<>();

	/** Instances that were made anew for a timeout; confined to the sweep. */
	private final Map<RowId, Failed> renewed = new HashMap<>();

	/** Those that can't be made just now. */
	private final Map<RowId, Failed> failed = new ConcurrentHashMap<>();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Guarded by the lock. */
	private boolean closed;

	/** Whether this node goes, and runs nothing any more; guarded by the lock. */
	private boolean ended;

	/** Guarded by the lock. */
	private boolean hurry;

	/** Whether the last try has failed, which is told once; confined to the sweep. */
	private boolean failing;

	/** Makes a sweep that does nothing yet. */
	DurableSweep(RowStore rows, DurableNode node, Duration interval) {
		this.rows = Objects.requireNonNull(rows, "rows");
		this.node = Objects.requireNonNull(node, "node");
		this.interval = Objects.requireNonNull(interval, "interval");
	}

	/** Looks after the machines of a handler too. */
	void watch(String name, Set<String> states, KeyType keys, KeyedHandler<?, ?> handler) {
		this.watched.add(new Watched(name, states, keys, handler, new DurableMaking(name, this::isClosed)));
	}

	/** Begins, on threads of its own. */
	void start() {
		Thread.ofVirtual().name("greenroom-durable-sweep").start(this::sweep);
		Thread.ofVirtual().name("greenroom-durable-beat").start(this::beat);
	}

	/** Has an instance made that was dropped: its body may have to run. */
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

	/** Makes no instances any more; bodies may go on, and nobody is to take them over. */
	void stop() {
		end(false);
	}

	/** This node has ended. */
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
							"This node could not say that it is there; after {} others take its bodies over",
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
						"The rows of durable handlers could not be looked at for timeouts; trying again every {}",
						this.interval);
				this.failing = true;
			}
		}
		while (!pause((next.compareTo(this.interval) < 0) ? next : this.interval, true));
	}

	/** Returns whether the sweep, or all, is over. */
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

	/** Called under the lock. */
	private boolean isOver(boolean sweeps) {
		return sweeps ? this.closed : this.ended;
	}

	/** Returns whether there is more to do. */
	private boolean look() {
		boolean more = false;
		Set<RowId> overdue = new HashSet<>();
		for (Watched handler : this.watched) {
			// What comes first is made first.
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

	/** Returns whether an instance that is there may not know of its timeout. */
	private boolean isForgotten(RowId id) {
		Long since = this.waiting.get(id);
		if (since == null || System.nanoTime() - since < Math.max(SHORT, 2 * this.interval.toNanos())) {
			return false;
		}
		// Its move may fail again and again, and the pauses get longer then.
		Failed before = this.renewed.get(id);
		boolean again = before == null || before.isOver();
		if (again) {
			this.renewed.put(id, (before != null) ? before.again() : new Failed(1, System.nanoTime()));
		}
		return again;
	}

	/** Returns how many are overdue for so long that they are left to themselves. */
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

	/** Returns how long before its deadline an instance is made. */
	private Duration ahead() {
		Duration two = this.interval.multipliedBy(2);
		return (two.compareTo(SHORTEST_AHEAD) > 0) ? two : SHORTEST_AHEAD;
	}

	/** An instance that is there may know of an older row, and goes if it is idle. */
	private void activate(Watched handler, RowId id, boolean renewed) {
		Object loss = this.lost.get(id);
		boolean again = false;
		try {
			handler.activate(id.key(), renewed);
			this.failed.remove(id);
		}
		catch (StaleInstanceException elsewhere) {
			log.debug("{} is looked after by another node just now", id, elsewhere);
			this.failed.put(id, new Failed(0, System.nanoTime()));
		}
		catch (Throwable failure) {
			Failed before = this.failed.get(id);
			boolean told = before != null || failure instanceof TooManyKeysException || isClosed();
			Failed next = (before != null) ? before.again() : new Failed(1, System.nanoTime());
			this.failed.put(id, next);
			again = !(failure instanceof UnreadableRowException);
			Failures.log(log, told ? Level.DEBUG : Level.WARN, failure,
					"{} has something to do and could not be made; trying again in {}", id, next.pause());
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

	/** A handler whose machines are looked after. */
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
	 * A key whose instance could not be made.
	 *
	 * @param times how often in a row
	 * @param last when it was tried last
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

		/** Nothing was to be done any more, so that nobody has tried again. */
		boolean isOld() {
			return System.nanoTime() - this.last > 3 * LONGEST_PAUSE.toNanos();
		}

	}

}
