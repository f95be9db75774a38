package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Delivers the lanes of one handler. Each active lane has a thread of its own, and the
 * number of active lanes is limited. Safe for use by many threads.
 */
final class OutboxLanes {

	/**
	 * The number of lanes that are active at once, not counting those with a slow body.
	 * Each active lane uses a connection now and then.
	 */
	private static final int AT_ONCE = 8;

	/** The number of lanes that wait for their turn in memory. Sweeps find the others. */
	private static final int MOST_PENDING = 1000;

	/** How long a body runs before its lane stops counting as active, in nanoseconds. */
	private static final long SLOW = 1_000_000_000;

	private final OutboxHandler handler;

	private final LaneDeliverer deliverer;

	private final Later later;

	/** The pause of a lane whose delivery could not go on. */
	private final Duration pause;

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

	OutboxLanes(OutboxHandler handler, OutboxMeans means, Later later) {
		this.handler = handler;
		this.deliverer = new LaneDeliverer(handler, means, later, this::isOpen);
		this.later = later;
		this.pause = means.options().pause(1);
	}

	String handler() {
		return this.handler.name();
	}

	OutboxMethods methods() {
		return this.handler.methods();
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
		if (this.handler.target().isHere(key)) {
			wake(key);
		}
		else {
			this.handler.target().hint(key);
		}
	}

	/** Keeps slow bodies from delaying other lanes. */
	void makeRoom() {
		this.lock.lock();
		try {
			long now = System.nanoTime();
			for (Work work : this.active.values()) {
				if (work.counts && work.progress.isSlow(now, SLOW)) {
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
		Work work = new Work(new Lane(handler(), key));
		this.active.put(key, work);
		this.counted++;
		boolean started = false;
		try {
			Thread.ofVirtual().name("greenroom-outbox-" + work.progress.lane()).start(() -> work(work));
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
				this.deliverer.deliver(work.progress);
			}
			catch (Throwable failure) {
				this.later.wake(work.progress.lane(), this.pause);
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
			this.active.remove(work.progress.lane().key());
			if (work.counts) {
				this.counted--;
			}
			if (work.woken && this.open) {
				this.pending.add(work.progress.lane().key());
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

	@Override
	public String toString() {
		return "OutboxLanes[" + handler() + "]";
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

		private final LaneProgress progress;

		/** Guarded by the lock. */
		private boolean woken;

		/** Guarded by the lock. */
		private boolean counts = true;

		Work(Lane lane) {
			this.progress = new LaneProgress(lane);
		}

	}

}
