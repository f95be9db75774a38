package io.greenroom.durable.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.durable.Durable;
import io.greenroom.observe.Observer;
import io.greenroom.observe.OutboxGauges;
import io.greenroom.observe.OutboxListener;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.wire.Codec;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Stores the calls of durable methods and delivers them. Calls of this process are
 * delivered as soon as they are committed; sweeps find the calls that other nodes have
 * left. For integrations; not intended for applications. Safe for use by many threads.
 */
public final class Outbox implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/** The number of lanes that one statement examines. */
	private static final int STEP = 200;

	/** The number of statements of a sweep for each handler. */
	private static final int STEPS = 10;

	/** How many lanes may wait here for their next attempt. Sweeps find the others. */
	private static final int MOST_TIMERS = 10_000;

	/** How long {@link #close} waits for deliveries that did not end within the drain. */
	private static final Duration LAST = Duration.ofSeconds(5);

	private final OutboxStore store;

	private final RowStore rows;

	private final Codec codec;

	private final OutboxOptions options;

	private final OutboxContext context;

	private final OutboxLease lease;

	private final Map<String, OutboxLanes> handlers = new ConcurrentHashMap<>();

	private final Map<String, OutboxBacklog> backlogs = new ConcurrentHashMap<>();

	/** The position of the walk of each handler. Confined to the sweep. */
	private final Map<String, String> walks = new HashMap<>();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Guarded by the lock. */
	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	/** Guarded by the lock. */
	private boolean closed;

	/** Guarded by the lock. */
	private boolean ended;

	/**
	 * Whether there may be more lanes than were found and there is capacity for them.
	 * Guarded by the lock.
	 */
	private boolean hurry;

	/** Whether the last walk was cut short. */
	private volatile boolean more;

	/** Whether the database is unreachable, which is logged once. */
	private volatile boolean failing;

	/**
	 * Creates an outbox that delivers nothing yet.
	 * @param store stores the calls
	 * @param rows provides the transactions
	 * @param codec writes arguments
	 * @param options how calls are delivered
	 * @param context the context that calls carry
	 */
	public Outbox(OutboxStore store, RowStore rows, Codec codec, OutboxOptions options, List<CallContext> context) {
		this.store = Objects.requireNonNull(store, "store");
		this.rows = Objects.requireNonNull(rows, "rows");
		this.codec = Objects.requireNonNull(codec, "codec");
		this.options = Objects.requireNonNull(options, "options");
		this.context = new OutboxContext(context, codec);
		this.lease = new OutboxLease(store, options.lease());
	}

	/**
	 * Adds a handler. Must be called once for each name, before the first call.
	 * @param name its name in the database
	 * @param methods its durable methods
	 * @param target the handler to deliver to
	 * @param observer is notified of the calls' progress
	 */
	public void add(String name, List<Method> methods, OutboxTarget target, Observer observer) {
		OutboxBacklog backlog = new OutboxBacklog(name, this.store);
		this.backlogs.put(name, backlog);
		OutboxListener listener = ForeignCode.ask(log, "An observer", OutboxListener.NONE,
				() -> observer.outbox(name, backlog));
		this.handlers.put(name,
				new OutboxLanes(
						new OutboxHandler(name, new OutboxMethods(methods, this.codec), target,
								(listener != null) ? listener : OutboxListener.NONE),
						new OutboxMeans(this.store, this.rows, this.options, this.lease, this.context), new Later()));
	}

	/**
	 * Stores a call.
	 * @param name the handler's name in the database
	 * @param key the text of the key; empty for a handler without keys
	 * @param method the called method
	 * @param arguments the arguments that the caller passed
	 * @throws IllegalArgumentException if an argument cannot be written as JSON
	 * @throws IllegalStateException if the call cannot be stored in the caller's
	 * transaction
	 */
	public void submit(String name, String key, Method method, @Nullable Object[] arguments) {
		OutboxLanes lanes = Objects.requireNonNull(this.handlers.get(name), name);
		Lane lane = new Lane(name, key);
		switch (this.rows.transaction()) {
			case FOREIGN -> throw new IllegalStateException(
					"%s.%s was called in a transaction that does not belong to the database of the stored calls, so it could not be stored; use the transaction manager of that database, or call it without a transaction"
						.formatted(lane, method.getName()));
			case READ_ONLY -> throw new IllegalStateException(
					"%s.%s was called in a read-only transaction, so it could not be stored; remove readOnly = true from the caller's @Transactional"
						.formatted(lane, method.getName()));
			case NONE, JOINED -> {
				// Both branches continue here.
			}
		}
		String args;
		try {
			args = lanes.methods().write(method, arguments);
		}
		catch (CodecException ex) {
			throw new IllegalArgumentException("%s.%s was not stored, because an argument can't be: %s".formatted(lane,
					method.getName(), ex.getMessage()), ex);
		}
		this.store.add(lane, UUID.randomUUID().toString(), method.getName(), args,
				this.context.write(name + "." + method.getName()));
		this.store.whenCommitted(lane, () -> lanes.submitted(key));
	}

	/**
	 * Starts the delivery, on threads of its own.
	 */
	public void start() {
		this.handlers.values().forEach(OutboxLanes::open);
		Thread.ofVirtual().name("greenroom-outbox-sweep").start(this::sweep);
		Thread.ofVirtual().name("greenroom-outbox-lease").start(this::renew);
	}

	/** Starts no further deliveries. Running ones continue and keep their lanes. */
	public void stop() {
		this.handlers.values().forEach(OutboxLanes::close);
		end(false);
	}

	/** Releases all lanes. */
	@Override
	public void close() {
		stop();
		long end = System.nanoTime() + LAST.toNanos();
		try {
			for (OutboxLanes lanes : this.handlers.values()) {
				if (!lanes.awaitQuiet(end - System.nanoTime())) {
					log.warn("Deliveries of {} were cut off; they will be repeated with the same ids", lanes.handler());
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		end(true);
		try {
			this.store.handAll(this.lease.owner());
		}
		catch (Throwable failure) {
			Failures.log(log, Level.WARN, failure,
					"Lanes with stored calls could not be released; other nodes take them over in {}",
					this.lease.length());
		}
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

	/**
	 * Wakes a lane whose calls may be delivered.
	 * @param lane the lane
	 */
	public void wake(Lane lane) {
		OutboxLanes lanes = this.handlers.get(lane.handler());
		if (lanes != null) {
			lanes.wake(lane.key());
		}
	}

	OutboxStore store() {
		return this.store;
	}

	/**
	 * Returns the numbers of waiting and dead calls by handler. They are cached, and the
	 * database is asked for them rarely.
	 * @return the numbers
	 */
	public Map<String, ? extends OutboxGauges> backlog() {
		return Map.copyOf(this.backlogs);
	}

	private void renew() {
		do {
			this.lease.renew(() -> this.handlers.values().stream().anyMatch(OutboxLanes::isActive));
		}
		while (!pauseOfLease(this.lease.pause()));
	}

	private boolean pauseOfLease(Duration length) {
		long left = TimeUnit.NANOSECONDS.convert(length);
		this.lock.lock();
		try {
			while (left > 0 && !this.ended) {
				left = this.changed.awaitNanos(left);
			}
			return this.ended;
		}
		catch (InterruptedException ex) {
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void sweep() {
		long looked = System.nanoTime();
		boolean look = true;
		do {
			if (look) {
				looked = System.nanoTime();
				try {
					this.more = look();
					this.failing = false;
				}
				catch (Throwable failure) {
					new Later().failed(failure);
				}
			}
			this.handlers.values().forEach(OutboxLanes::makeRoom);
			look = pause(looked + TimeUnit.NANOSECONDS.convert(this.options.sweep()));
		}
		while (!isClosed());
	}

	/** Returns whether lanes remain that could not be examined. */
	private boolean look() {
		boolean more = false;
		for (OutboxLanes lanes : this.handlers.values()) {
			String handler = lanes.handler();
			List<Lane> due = this.store.due(handler, STEP);
			due.forEach((lane) -> lanes.wake(lane.key()));
			boolean walking = true;
			for (int i = 0; i < STEPS && walking && lanes.hasRoom(); i++) {
				OutboxStore.Walk walk = this.store.walk(handler, this.walks.get(handler), STEP);
				walk.free().forEach((lane) -> lanes.wake(lane.key()));
				if (walk.last() != null) {
					this.walks.put(handler, walk.last());
				}
				else {
					this.walks.remove(handler);
					walking = false;
				}
			}
			more |= walking || due.size() == STEP;
		}
		return more;
	}

	/** Waits for the next task. Returns whether that is another sweep. */
	private boolean pause(long next) {
		this.lock.lock();
		try {
			while (!this.closed) {
				long now = System.nanoTime();
				Timer first = this.timers.peek();
				if (first != null && first.at() - now <= 0) {
					this.timers.remove();
					wake(first.lane());
					continue;
				}
				if (next - now <= 0 || this.hurry) {
					this.hurry = false;
					return true;
				}
				long left = next - now;
				this.changed.awaitNanos((first != null) ? Math.min(left, first.at() - now) : left);
			}
			return false;
		}
		catch (InterruptedException ex) {
			this.closed = true;
			return false;
		}
		finally {
			this.lock.unlock();
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

	@Override
	public String toString() {
		return "Outbox" + this.handlers.keySet();
	}

	/** A lane that is woken at a given time. */
	private record Timer(long at, Lane lane) implements Comparable<Timer> {

		@Override
		public int compareTo(Timer other) {
			return Long.signum(this.at - other.at);
		}

	}

	private final class Later implements OutboxLanes.Later {

		@Override
		public void wake(Lane lane, Duration pause) {
			Outbox outbox = Outbox.this;
			outbox.lock.lock();
			try {
				if (outbox.timers.size() < MOST_TIMERS) {
					// The database's clock is read in whole milliseconds.
					outbox.timers
						.add(new Timer(System.nanoTime() + TimeUnit.NANOSECONDS.convert(pause) + 2_000_000, lane));
					outbox.changed.signalAll();
				}
			}
			finally {
				outbox.lock.unlock();
			}
		}

		@Override
		public void failed(Throwable failure) {
			Failures.log(log, Outbox.this.failing ? Level.DEBUG : Level.WARN, failure,
					"Stored calls could not be delivered or looked for; trying again every {}",
					Outbox.this.options.sweep());
			Outbox.this.failing = true;
		}

		@Override
		public void idle() {
			Outbox outbox = Outbox.this;
			if (outbox.more) {
				outbox.more = false;
				Thread.startVirtualThread(this::hurry);
			}
		}

		/** Called without a lock, so that two locks are never nested. */
		private void hurry() {
			Outbox outbox = Outbox.this;
			outbox.lock.lock();
			try {
				outbox.hurry = true;
				outbox.changed.signalAll();
			}
			finally {
				outbox.lock.unlock();
			}
		}

	}

}
