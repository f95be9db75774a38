package io.greenroom.durable.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.internal.BodyGuard.NotBegunException;
import io.greenroom.durable.Durable;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.observe.OutboxListener;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Delivers the lanes of one handler. Each active lane has a thread of its own, and the
 * number of active lanes is limited. Safe for use by many threads.
 */
final class OutboxLanes {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/**
	 * The number of lanes that are active at once, not counting those with a slow body.
	 * Each active lane uses a connection now and then.
	 */
	private static final int AT_ONCE = 8;

	/** The number of lanes that wait for their turn in memory. Sweeps find the others. */
	private static final int MOST_PENDING = 1000;

	/** The number of calls of a lane that are read at once. */
	private static final int BATCH = 20;

	/** How long a body runs before its lane stops counting as active, in nanoseconds. */
	private static final long SLOW = 1_000_000_000;

	/** The pause before a stale call is tried again. */
	private static final Duration SOON = Duration.ofMillis(50);

	private final String handler;

	private final OutboxMethods methods;

	private final OutboxTarget target;

	private final OutboxOptions options;

	private final OutboxStore store;

	private final RowStore rows;

	private final OutboxLease lease;

	private final OutboxContext context;

	private final OutboxListener listener;

	private final Later later;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition left = this.lock.newCondition();

	/** By key. Guarded by the lock. */
	private final Map<String, Work> active = new HashMap<>();

	/** The keys whose lanes wait for their turn. Guarded by the lock. */
	private final Set<String> pending = new LinkedHashSet<>();

	/** The number of active lanes that count. Guarded by the lock. */
	private int counted;

	/** Guarded by the lock. */
	private boolean open;

	OutboxLanes(String handler, OutboxMethods methods, OutboxTarget target, OutboxOptions options, OutboxStore store,
			RowStore rows, OutboxLease lease, OutboxContext context, OutboxListener listener, Later later) {
		this.handler = handler;
		this.methods = methods;
		this.target = target;
		this.options = options;
		this.store = store;
		this.rows = rows;
		this.lease = lease;
		this.context = context;
		this.listener = listener;
		this.later = later;
	}

	String handler() {
		return this.handler;
	}

	OutboxMethods methods() {
		return this.methods;
	}

	/** Starts to deliver lanes. */
	void open() {
		this.lock.lock();
		try {
			this.open = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Starts no further deliveries. */
	void close() {
		this.lock.lock();
		try {
			this.open = false;
			this.pending.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isOpen() {
		this.lock.lock();
		try {
			return this.open;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until no delivery is running. Returns {@code false} if the time elapsed
	 * before.
	 */
	boolean awaitQuiet(long nanos) throws InterruptedException {
		this.lock.lock();
		try {
			long rest = nanos;
			while (!this.active.isEmpty() && rest > 0) {
				rest = this.left.awaitNanos(rest);
			}
			return this.active.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns whether a lane is active. */
	boolean isActive() {
		this.lock.lock();
		try {
			return !this.active.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns whether more lanes may be queued. */
	boolean hasRoom() {
		this.lock.lock();
		try {
			return this.pending.size() < MOST_PENDING;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Called when a lane has calls to deliver. Returns at once. */
	void wake(String key) {
		this.lock.lock();
		try {
			Work work = this.active.get(key);
			if (work != null) {
				work.woken = true;
			}
			else if (this.open && this.counted < AT_ONCE) {
				begin(key);
			}
			else if (this.open && this.pending.size() < MOST_PENDING) {
				this.pending.add(key);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Called when a call was stored here. */
	void submitted(String key) {
		if (this.target.isHere(key)) {
			wake(key);
		}
		else {
			this.target.hint(key);
		}
	}

	/** Keeps slow bodies from delaying other lanes. */
	void makeRoom() {
		this.lock.lock();
		try {
			long now = System.nanoTime();
			for (Work work : this.active.values()) {
				if (work.counts && work.running && now - work.since > SLOW) {
					work.counts = false;
					this.counted--;
				}
			}
			beginPending();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Called under the lock. */
	private void begin(String key) {
		Work work = new Work(new Lane(this.handler, key));
		this.active.put(key, work);
		this.counted++;
		boolean started = false;
		try {
			Thread.ofVirtual().name("greenroom-outbox-" + work.lane).start(() -> work(work));
			started = true;
		}
		finally {
			if (!started) {
				this.active.remove(key);
				this.counted--;
			}
		}
	}

	/** Called under the lock. */
	private void beginPending() {
		Iterator<String> waiting = new ArrayList<>(this.pending.stream().limit(AT_ONCE).toList()).iterator();
		while (this.open && this.counted < AT_ONCE && waiting.hasNext()) {
			String key = waiting.next();
			this.pending.remove(key);
			begin(key);
		}
	}

	private void work(Work work) {
		do {
			try {
				deliver(work);
			}
			catch (Throwable failure) {
				this.later.wake(work.lane, this.options.pause(1));
				this.later.failed(failure);
			}
		}
		while (!leave(work));
	}

	/**
	 * Returns whether the lane is left, which is the case unless it was woken in the
	 * meantime.
	 */
	private boolean leave(Work work) {
		this.lock.lock();
		try {
			if (work.woken && this.open && work.counts) {
				work.woken = false;
				return false;
			}
			this.active.remove(work.lane.key());
			if (work.counts) {
				this.counted--;
			}
			if (work.woken && this.open) {
				this.pending.add(work.lane.key());
			}
			beginPending();
			this.left.signalAll();
			if (this.pending.isEmpty()) {
				this.later.idle();
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Delivers until the lane is empty, has to wait, or is owned by another node. */
	private void deliver(Work work) {
		boolean mine = isOpen() && this.target.isHere(work.lane.key()) && take(work);
		while (mine) {
			List<StoredCall> calls = this.store.first(work.lane, BATCH);
			mine = calls.isEmpty() ? leaveEmpty(work) : deliver(work, calls);
		}
	}

	/** Returns whether this process owns the lane now. */
	private boolean take(Work work) {
		long now = System.nanoTime();
		OutboxStore.Claim claim = this.store.claim(work.lane, this.lease.owner(), this.lease.length());
		if (claim == null) {
			return false;
		}
		work.taken = now;
		work.abandoned = claim.abandoned();
		work.place = claim.place();
		work.attempts = claim.attempts();
		return true;
	}

	/**
	 * Releases an empty lane, and takes it again if other nodes have added calls before
	 * the release, since they could not wake it. Returns whether this process owns the
	 * lane again.
	 */
	private boolean leaveEmpty(Work work) {
		this.store.release(work.lane, this.lease.owner());
		return !this.store.first(work.lane, 1).isEmpty() && isOpen() && take(work);
	}

	/** Returns whether this process still owns the lane. */
	private boolean deliver(Work work, List<StoredCall> calls) {
		for (StoredCall call : calls) {
			if (!isOpen()) {
				this.store.hand(work.lane, this.lease.owner());
				return false;
			}
			if (!this.lease.holds(work.taken)) {
				this.store.hand(work.lane, this.lease.owner());
				return take(work);
			}
			if (!deliver(work, call)) {
				return false;
			}
		}
		return true;
	}

	private boolean deliver(Work work, StoredCall call) {
		if (call.place() != work.place) {
			work.place = call.place();
			work.attempts = 0;
		}
		if (work.abandoned) {
			// It is not known whether the dead node was running this call.
			work.abandoned = false;
			work.attempts++;
			this.store.note(work.lane, this.lease.owner(), call.place(), work.attempts);
			if (work.attempts >= this.options.attempts()) {
				return bury(work, call, "The node that delivered it disappeared during the last attempt");
			}
		}
		Method method = this.methods.find(call.method());
		if (method == null) {
			return bury(work, call,
					"Handler '%s' has no durable method '%s'; it has %s. Restore that method and replay the call, or discard it"
						.formatted(this.handler, call.method(), this.methods.names()));
		}
		@Nullable Object[] arguments;
		try {
			arguments = this.methods.read(call.method(), call.args());
		}
		catch (CodecException ex) {
			return bury(work, call,
					"The arguments of %s.%s can't be read: %s. Restore the parameters that the method was called with and replay the call, or discard it"
						.formatted(this.handler, call.method(), ex.getMessage()));
		}
		return attempt(work, call, method, arguments);
	}

	private boolean attempt(Work work, StoredCall call, Method method, @Nullable Object[] arguments) {
		DeliveryRun run = new DeliveryRun(work.lane, call, work.attempts + 1, this.store, this.rows,
				() -> this.context.open(this.handler + "." + call.method(), call.context()));
		long start = System.nanoTime();
		work.since = start;
		work.running = true;
		@Nullable Throwable failure;
		try {
			failure = failure(this.target.deliver(work.lane.key(), method, arguments, run));
		}
		catch (Throwable notMade) {
			failure = notMade;
		}
		finally {
			work.running = false;
		}
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		DeliveryRun.End end = run.end();
		if (end == DeliveryRun.End.LOST) {
			Failures.log(log, Level.WARN, (failure != null) ? failure : new IllegalStateException("lost"),
					"Lane {} is no longer owned by this node", work.lane);
			return false;
		}
		if (end == DeliveryRun.End.UNKNOWN) {
			end = isFirst(work.lane, call) ? DeliveryRun.End.ROLLED_BACK : DeliveryRun.End.REMOVED;
		}
		if (end == DeliveryRun.End.REMOVED) {
			heard("success", call, took);
			return true;
		}
		if (failure == null && end == DeliveryRun.End.APART) {
			heard("success", call, took);
			if (this.store.remove(work.lane, call.place())) {
				return true;
			}
			log.warn("{}.{} ({}) was delivered twice, also by another node; the id was the same", work.lane,
					call.method(), call.id());
			return false;
		}
		if (failure == null) {
			failure = new IllegalStateException("The transaction of %s.%s was rolled back without an exception"
				.formatted(work.lane, call.method()));
		}
		return failed(work, call, run, failure, took);
	}

	private boolean isFirst(Lane lane, StoredCall call) {
		return this.store.first(lane, 1).stream().anyMatch((first) -> first.place() == call.place());
	}

	/** Returns the exception of a body, or {@code null} if it has not failed. */
	private static @Nullable Throwable failure(CompletableFuture<@Nullable Object> end) {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					end.get();
					return null;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				catch (ExecutionException ex) {
					Throwable cause = ex.getCause();
					return (cause instanceof CompletionException && cause.getCause() != null) ? cause.getCause()
							: (cause != null) ? cause : ex;
				}
				catch (RuntimeException cancelled) {
					return cancelled;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Returns whether the lane continues. */
	private boolean failed(Work work, StoredCall call, DeliveryRun run, Throwable failure, Duration took) {
		if (!run.isBegun() && (!isOpen() || failure instanceof NotBegunException)) {
			// The current owner of the key delivers the call.
			this.store.hand(work.lane, this.lease.owner());
			return false;
		}
		boolean stale = failure instanceof StaleInstanceException;
		if (stale || (!run.isBegun() && failure instanceof DeferredException)) {
			// Nothing happened that counts as an attempt.
			Failures.log(log, Level.DEBUG, failure, "{}.{} ({}) could not be delivered yet", work.lane, call.method(),
					call.id());
			Duration pause = stale ? SOON : this.options.backoff();
			this.store.postpone(work.lane, this.lease.owner(), call.place(), work.attempts, pause);
			this.later.wake(work.lane, pause);
			return false;
		}
		work.attempts++;
		if (work.attempts >= this.options.attempts()) {
			boolean goesOn = bury(work, call, told(failure));
			Failures.log(log, Level.ERROR, failure,
					"{}.{} ({}) failed at attempt {} and is given up; it is now a dead letter{}", work.lane,
					call.method(), call.id(), work.attempts,
					goesOn ? "" : ", and its lane waits until it is replayed or discarded");
			return goesOn;
		}
		heard("failure", call, took);
		Duration pause = this.options.pause(work.attempts);
		if (work.attempts == 1) {
			Failures.log(log, Level.WARN, failure, "{}.{} ({}) failed at attempt 1; trying again in {}", work.lane,
					call.method(), call.id(), pause);
		}
		else {
			log.warn("{}.{} ({}) failed at attempt {} ({}); trying again in {}", work.lane, call.method(), call.id(),
					work.attempts, Failures.describe(failure), pause);
		}
		this.store.postpone(work.lane, this.lease.owner(), call.place(), work.attempts, pause);
		this.later.wake(work.lane, pause);
		return false;
	}

	private static String told(Throwable failure) {
		StringBuilder told = new StringBuilder(Failures.describe(failure));
		for (Throwable cause : Failures.causes(failure)) {
			if (cause != failure) {
				told.append("\nCaused by: ").append(Failures.describe(cause));
			}
		}
		ForeignCode.run(log, "A throwable", () -> {
			StackTraceElement[] frames = failure.getStackTrace();
			for (int i = 0; i < Math.min(frames.length, 10); i++) {
				told.append("\n\tat ").append(frames[i]);
			}
		});
		return told.toString();
	}

	/** Gives up a call. Returns whether the lane continues. */
	private boolean bury(Work work, StoredCall call, String error) {
		boolean halts = this.options.halt();
		boolean there = this.store.bury(work.lane, this.lease.owner(), call, Math.max(work.attempts, 1), error, halts);
		if (there) {
			heard("dead", call, Duration.ZERO);
		}
		log.debug("{}.{} ({}) is dead: {}", work.lane, call.method(), call.id(), error);
		return there && !halts;
	}

	private void heard(String outcome, StoredCall call, Duration took) {
		String method = (this.methods.find(call.method()) != null) ? call.method() : "unknown";
		ForeignCode.run(log, "A listener", () -> this.listener.attempted(method, outcome, took));
	}

	@Override
	public String toString() {
		return "OutboxLanes[" + this.handler + "]";
	}

	/** Tasks for the time when the lane's thread is not running. */
	interface Later {

		/** Wakes a lane after a pause. */
		void wake(Lane lane, Duration pause);

		/**
		 * Called when a lane could not work, usually because the database is unreachable.
		 */
		void failed(Throwable failure);

		/** Called when nothing is left to do. */
		void idle();

	}

	/** An active lane. */
	private static final class Work {

		private final Lane lane;

		/** Guarded by the lock. */
		private boolean woken;

		/** Guarded by the lock. */
		private boolean counts = true;

		/** Whether a body is running. */
		private volatile boolean running;

		private volatile long since;

		// Confined to the lane's thread.

		private long taken;

		private boolean abandoned;

		private long place;

		private int attempts;

		Work(Lane lane) {
			this.lane = lane;
		}

	}

}
