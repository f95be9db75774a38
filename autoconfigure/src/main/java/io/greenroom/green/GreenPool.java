package io.greenroom.green;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a bounded number work at once and keeps the others in one fair line. Work is
 * either a task, which runs on a green thread of its own and starts clean, or the calling
 * thread itself, which {@linkplain #enter(Duration) takes a slot} and goes on.
 * <p>
 * Whoever ends hands the slot to the first in line; nobody overtakes. The line is bounded
 * for all but callers that block in {@link #spawn} and {@link #trySpawn}, who are their
 * own bound. A place that is given up, by time, interrupt or kill, takes no slot with it.
 * <p>
 * Safe for use by many threads. {@code spawn} from inside a full pool's own task waits
 * for itself; use {@link #submit} there. The idea is gevent's pool, and pulsar's.
 */
public final class GreenPool implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(GreenPool.class);

	/** How many may wait in line unless the pool was built with another bound. */
	public static final int DEFAULT_QUEUE_CAPACITY = 1000;

	private final GreenScheduler scheduler;

	private final String name;

	private final int queueCapacity;

	private final @Nullable String settings;

	private final Admission admission;

	private final PoolListener listener;

	/** Kept here because observers hold it weakly. */
	private final PoolGauges gauges = new Gauges();

	private final GreenService service = new Service();

	private final AtomicLong sequence = new AtomicLong();

	/** Released when the closed pool has nobody at work or in line. */
	private final Watchers<GreenPool> idle = new Watchers<>();

	/** Set once. Whoever comes in looks at it after coming in. */
	private volatile boolean closed;

	private GreenPool(Builder builder) {
		this.scheduler = builder.scheduler;
		this.name = builder.name;
		this.queueCapacity = builder.queueCapacity;
		this.settings = builder.settings;
		this.admission = new Admission(builder.size, builder.queueCapacity);
		this.listener = this.scheduler.observer().pool(this.name, this.gauges);
		this.scheduler.attach(this.service);
	}

	/**
	 * Returns the pool's name.
	 * @return the name, the prefix of its threads' names
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Returns how many may work at once.
	 * @return the limit
	 */
	public int size() {
		return this.admission.limit();
	}

	/**
	 * Returns how many may wait in line.
	 * @return the line's bound
	 */
	public int queueCapacity() {
		return this.queueCapacity;
	}

	/**
	 * Returns how many more could begin at once.
	 * @return the number of free slots
	 */
	public int free() {
		return Math.max(0, size() - active());
	}

	/**
	 * Returns how many are at work.
	 * @return the number of slots taken
	 */
	public int active() {
		return this.admission.active();
	}

	/**
	 * Returns how many wait in line.
	 * @return the number of those accepted that have no slot yet
	 */
	public int queued() {
		return this.admission.queued();
	}

	/**
	 * Changes how many may work at once. A larger pool lets the first in line begin; a
	 * smaller one interrupts nobody and gives no slot until enough have come back.
	 * @param size the new limit
	 * @throws IllegalArgumentException if the size is less than 1
	 */
	public void resize(int size) {
		requireSize(this.name, this.settings, size);
		this.admission.resize(size);
	}

	/**
	 * Runs a task on a green thread in a slot of its own. Blocks in line while none is
	 * free, without a limit.
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @param <T> the type of the result
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolClosedException if the pool is closed, also meanwhile
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> spawn(Callable<? extends T> body) throws InterruptedException {
		Objects.requireNonNull(body, "body");
		Place place = enter(false);
		place.awaitHeld(Long.MAX_VALUE);
		return place.startNow(body);
	}

	/**
	 * Runs a task that returns nothing.
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolClosedException if the pool is closed, also meanwhile
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #spawn(Callable)
	 */
	public GreenThread<Void> spawn(GreenTask body) throws InterruptedException {
		return spawn(GreenScheduler.callable(body));
	}

	/**
	 * Runs a task on a green thread if a slot is free and nobody waits for it. Does not
	 * block.
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @param <T> the type of the result
	 * @throws PoolFullException if no slot is free
	 * @throws PoolClosedException if the pool is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> trySpawn(Callable<? extends T> body) {
		Objects.requireNonNull(body, "body");
		requireOpen();
		Place place = new Place(this);
		if (!this.admission.tryEnter(place)) {
			throw refusedAsFull("raise " + setting("size") + ", let the caller wait, or shed load");
		}
		return stillOpen(place).startNow(body);
	}

	/**
	 * Runs a task that returns nothing if a slot is free and nobody waits for it.
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @throws PoolFullException if no slot is free
	 * @throws PoolClosedException if the pool is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #trySpawn(Callable)
	 */
	public GreenThread<Void> trySpawn(GreenTask body) {
		return trySpawn(GreenScheduler.callable(body));
	}

	/**
	 * Runs a task on a green thread in a slot of its own. Blocks in line while none is
	 * free, at most so long.
	 * @param limit how long to wait at most; zero looks once
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @param <T> the type of the result
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolFullException if the time is over
	 * @throws PoolClosedException if the pool is closed, also meanwhile
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public <T> GreenThread<T> trySpawn(Duration limit, Callable<? extends T> body) throws InterruptedException {
		Objects.requireNonNull(body, "body");
		long nanos = Limits.nanos(limit, "limit");
		Place place = enter(false);
		if (!place.awaitHeld(nanos)) {
			throw refusedAfter(limit);
		}
		return place.startNow(body);
	}

	/**
	 * Runs a task that returns nothing, waiting in line at most so long.
	 * @param limit how long to wait at most; zero looks once
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolFullException if the time is over
	 * @throws PoolClosedException if the pool is closed, also meanwhile
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @throws IllegalArgumentException if the limit is negative
	 * @see #trySpawn(Duration, Callable)
	 */
	public GreenThread<Void> trySpawn(Duration limit, GreenTask body) throws InterruptedException {
		return trySpawn(limit, GreenScheduler.callable(body));
	}

	/**
	 * Runs a task on a green thread when its turn has come. Does not block: while no slot
	 * is free the task waits in line.
	 * @param body what it runs
	 * @return the task's green thread, which the pool starts; killing it while it waits
	 * takes it out of the line
	 * @param <T> the type of the result
	 * @throws PoolFullException if the line is full
	 * @throws PoolClosedException if the pool is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> submit(Callable<? extends T> body) {
		Objects.requireNonNull(body, "body");
		return enter(true).startNow(body);
	}

	/**
	 * Runs a task that returns nothing when its turn has come.
	 * @param body what it runs
	 * @return the task's green thread, which the pool starts
	 * @throws PoolFullException if the line is full
	 * @throws PoolClosedException if the pool is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #submit(Callable)
	 */
	public GreenThread<Void> submit(GreenTask body) {
		return submit(GreenScheduler.callable(body));
	}

	/**
	 * Takes a slot for the calling thread, which then works on its own. Blocks in line
	 * while none is free, at most so long.
	 * @param limit how long to wait at most; zero looks once
	 * @return the slot, to be closed
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolFullException if the line is full, at once, or the time is over
	 * @throws PoolClosedException if the pool is closed, also meanwhile
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public Slot enter(Duration limit) throws InterruptedException {
		Limits.nanos(limit, "limit");
		return enter(true).await(limit);
	}

	/**
	 * Takes a slot, or a place in line, for a thread or task that comes later. Does not
	 * block.
	 * @return the reservation, to be used once or cancelled
	 * @throws PoolFullException if the line is full
	 * @throws PoolClosedException if the pool is closed
	 */
	public Reservation reserve() {
		return enter(true);
	}

	private Place enter(boolean bounded) {
		requireOpen();
		Place place = new Place(this);
		if (!this.admission.enter(place, bounded)) {
			throw refusedAsFull("raise " + setting("queue-capacity") + " or shed load");
		}
		return stillOpen(place);
	}

	private void requireOpen() {
		if (this.closed) {
			throw refusedAsClosed();
		}
	}

	private Place stillOpen(Place place) {
		if (this.closed) {
			place.giveUp();
			throw refusedAsClosed();
		}
		return place;
	}

	private PoolFullException refusedAsFull(String remedy) {
		tell(() -> this.listener.rejected("full"));
		return new PoolFullException(this.name, PoolFullException.Reason.FULL, "is full (" + numbers() + ")", remedy);
	}

	PoolFullException refusedAfter(Duration limit) {
		tell(() -> this.listener.rejected("timeout"));
		return new PoolFullException(this.name, PoolFullException.Reason.TIMEOUT,
				"had no free slot within " + limit + " (" + numbers() + ")",
				"raise " + setting("size") + ", wait longer, or shed load");
	}

	PoolClosedException refusedAsClosed() {
		tell(() -> this.listener.rejected("closed"));
		return new PoolClosedException(this.name);
	}

	private String numbers() {
		return active() + " running, " + queued() + " waiting";
	}

	private String setting(String key) {
		return setting(this.settings, key);
	}

	private static String setting(@Nullable String settings, String key) {
		return (settings == null) ? "its " + key : settings + "." + key;
	}

	private static void requireSize(String pool, @Nullable String settings, int size) {
		if (size < 1) {
			throw new IllegalArgumentException("The size of pool '" + pool + "' is " + size + "; set "
					+ setting(settings, "size") + " to 1 or more");
		}
	}

	<T> GreenThread<T> task(Callable<? extends T> body, Place place) {
		return new GreenThread<>(this.scheduler, this.name + "-" + this.sequence.incrementAndGet(), body, place);
	}

	void unobserved(GreenThread<?> task, Throwable failure) {
		this.scheduler.unobserved(task, failure);
	}

	/** Reads the clock if somebody wants to know. */
	long now() {
		return (this.listener == PoolListener.NONE) ? 0 : Parking.nanoTime();
	}

	void started(long waited) {
		if (this.listener != PoolListener.NONE) {
			tell(() -> this.listener.started(Duration.ofNanos(waited)));
		}
	}

	void ended(long heldAt) {
		if (this.listener != PoolListener.NONE) {
			tell(() -> this.listener.ended(Duration.ofNanos(Parking.nanoTime() - heldAt)));
		}
	}

	/** An error in here would keep a slot from who waits for it. */
	private void tell(Runnable message) {
		try {
			message.run();
		}
		catch (Throwable failure) {
			log.error("The listener of pool '{}' failed; the work goes on", this.name, failure);
		}
	}

	void checkMayWait() {
		this.scheduler.engine().checkMayWait("wait for a slot of pool", this.name);
	}

	void release(long heldAt) {
		ended(heldAt);
		handOn();
	}

	void handOn() {
		this.admission.handOn();
		releaseIfIdle();
	}

	void leave(Place place) {
		this.admission.leave(place);
		releaseIfIdle();
	}

	private void releaseIfIdle() {
		if (this.closed && active() == 0 && queued() == 0) {
			this.idle.release(this);
		}
	}

	/**
	 * Refuses new work at once and waits for what was accepted, at most for the
	 * scheduler's drain timeout. Who is still in line then gets a
	 * {@link PoolClosedException}; tasks that still run stay with the scheduler, which
	 * ends them when it drains. An interrupt cuts the wait short. Idempotent. Not to be
	 * called by a task of the pool, which would wait for itself.
	 */
	@Override
	public void close() {
		try {
			this.service.stop(this.scheduler.drainTimeout());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public String toString() {
		return "GreenPool[" + this.name + ", " + active() + " of " + size() + " running, " + queued() + " waiting]";
	}

	/** How the scheduler closes the pool. */
	private final class Service implements GreenService {

		@Override
		public String name() {
			return GreenPool.this.name;
		}

		@Override
		public void stop(Duration grace) throws InterruptedException {
			GreenPool.this.closed = true;
			releaseIfIdle();
			try {
				GreenPool.this.idle.await(Limits.nanos(grace, "grace period"));
			}
			finally {
				GreenPool.this.admission.refuseLine();
				GreenPool.this.scheduler.detach(this);
			}
		}

	}

	private final class Gauges implements PoolGauges {

		@Override
		public int size() {
			return GreenPool.this.size();
		}

		@Override
		public int active() {
			return GreenPool.this.active();
		}

		@Override
		public int queued() {
			return GreenPool.this.queued();
		}

	}

	/** Settings of a pool. Not safe for use by several threads. */
	public static final class Builder {

		private final GreenScheduler scheduler;

		private final String name;

		private int size = 1;

		private int queueCapacity = DEFAULT_QUEUE_CAPACITY;

		private @Nullable String settings;

		Builder(GreenScheduler scheduler, String name) {
			this.scheduler = scheduler;
			this.name = name;
		}

		/**
		 * Sets how many may work at once.
		 * @param size the limit; 1 unless set
		 * @return this builder
		 */
		public Builder size(int size) {
			this.size = size;
			return this;
		}

		/**
		 * Sets how many may wait in line.
		 * @param queueCapacity the line's bound, zero for no line;
		 * {@value GreenPool#DEFAULT_QUEUE_CAPACITY} unless set
		 * @return this builder
		 */
		public Builder queueCapacity(int queueCapacity) {
			this.queueCapacity = queueCapacity;
			return this;
		}

		/**
		 * Sets where the user sizes this pool, for the remedies in messages.
		 * @param prefix what stands before {@code .size} and {@code .queue-capacity}
		 * @return this builder
		 */
		public Builder settings(String prefix) {
			this.settings = Objects.requireNonNull(prefix, "prefix");
			return this;
		}

		/**
		 * Makes the pool.
		 * @return a new pool, closed with its scheduler at the latest
		 * @throws IllegalArgumentException if the size is less than 1 or the queue
		 * capacity is negative
		 * @throws SchedulerClosedException if the scheduler is shutting down
		 */
		public GreenPool build() {
			requireSize(this.name, this.settings, this.size);
			if (this.queueCapacity < 0) {
				throw new IllegalArgumentException("The queue capacity of pool '" + this.name + "' is "
						+ this.queueCapacity + "; set " + setting(this.settings, "queue-capacity") + " to 0 or more");
			}
			return new GreenPool(this);
		}

	}

}
