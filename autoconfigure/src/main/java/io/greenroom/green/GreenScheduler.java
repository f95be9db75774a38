package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts {@linkplain GreenThread green threads} and answers for them: it refuses work
 * once it shuts down, waits for what it has accepted, and names what it had to kill. In a
 * Spring Boot application it is the bean {@code greenScheduler}; without Spring,
 * {@link #builder()} makes one.
 * <p>
 * Safe for use by many threads. Ideas: gevent's hub, pulsar's application loop.
 */
public final class GreenScheduler implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	private enum Phase {

		OPEN, DRAINING, CLOSED

	}

	/**
	 * How long killed threads get for their clean-up before they are reported as stuck.
	 */
	private static final Duration KILL_LIMIT = Duration.ofSeconds(1);

	private final String name;

	private final Duration drainTimeout;

	private final Observer observer;

	private final ThreadListener listener;

	private final LiveThreads live;

	private final Set<GreenService> services = ConcurrentHashMap.newKeySet();

	private final AtomicLong sequence = new AtomicLong();

	private final Engine engine;

	private volatile Phase phase = Phase.OPEN;

	private GreenScheduler(Builder builder) {
		this.name = builder.name;
		this.drainTimeout = builder.drainTimeout;
		this.observer = builder.observer;
		this.live = (builder.engine != null) ? LiveThreads.inOrder() : LiveThreads.striped();
		this.listener = builder.observer.threads(this.name, this.live::count);
		this.engine = (builder.engine != null) ? builder.engine : new JdkEngine(this.name);
	}

	/**
	 * Returns a builder with the defaults.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns the scheduler's name.
	 * @return the name, the prefix of its threads' names
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Returns whom the parts built on this scheduler tell.
	 * @return the observer
	 */
	public Observer observer() {
		return this.observer;
	}

	/**
	 * Starts a green thread.
	 * @param body what it runs
	 * @return the started thread
	 * @param <T> the type of the result
	 * @throws SchedulerClosedException if the scheduler is shutting down and the caller
	 * is not one of its own green threads
	 */
	public <T> GreenThread<T> spawn(Callable<? extends T> body) {
		return start(this.<T>unstarted(body));
	}

	/**
	 * Starts a green thread that returns nothing.
	 * @param body what it runs
	 * @return the started thread
	 * @throws SchedulerClosedException if the scheduler is shutting down and the caller
	 * is not one of its own green threads
	 */
	public GreenThread<Void> spawn(GreenTask body) {
		return spawn(callable(body));
	}

	/**
	 * Starts a green thread with a name.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the started thread
	 * @param <T> the type of the result
	 * @throws SchedulerClosedException if the scheduler is shutting down and the caller
	 * is not one of its own green threads
	 */
	public <T> GreenThread<T> spawn(String name, Callable<? extends T> body) {
		return start(this.<T>unstarted(name, body));
	}

	/**
	 * Starts a green thread with a name that returns nothing.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the started thread
	 * @throws SchedulerClosedException if the scheduler is shutting down and the caller
	 * is not one of its own green threads
	 */
	public GreenThread<Void> spawn(String name, GreenTask body) {
		return spawn(name, callable(body));
	}

	/**
	 * Makes a green thread that {@link GreenThread#start()} starts.
	 * @param body what it runs
	 * @return the thread
	 * @param <T> the type of the result
	 */
	public <T> GreenThread<T> unstarted(Callable<? extends T> body) {
		return unstarted(this.name + "-" + this.sequence.incrementAndGet(), body);
	}

	/**
	 * Makes a green thread with a name that {@link GreenThread#start()} starts.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the thread
	 * @param <T> the type of the result
	 */
	public <T> GreenThread<T> unstarted(String name, Callable<? extends T> body) {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(body, "body");
		return new GreenThread<>(this, name, body, null);
	}

	/**
	 * Starts a green thread later. Killing it before its time takes it out of the timer.
	 * @param delay how long from now; zero starts at once
	 * @param body what it runs
	 * @return the thread, not started yet
	 * @param <T> the type of the result
	 * @throws IllegalArgumentException if the delay is negative
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> spawnLater(Duration delay, Callable<? extends T> body) {
		long nanos = Limits.nanos(delay, "delay");
		GreenThread<T> thread = unstarted(body);
		this.live.add(thread);
		// Added first, as in admit.
		if (this.phase != Phase.OPEN) {
			this.live.remove(thread);
			throw new SchedulerClosedException(this.name, thread.name());
		}
		try {
			Runnable cancel = this.engine.schedule(nanos, () -> startInTime(thread));
			thread.linkQuietly((ended) -> cancel.run());
		}
		catch (RejectedExecutionException closed) {
			// A drain came between; it has killed the thread, or this does.
			thread.kill();
			throw new SchedulerClosedException(this.name, thread.name());
		}
		return thread;
	}

	/**
	 * Starts a green thread that returns nothing later.
	 * @param delay how long from now; zero starts at once
	 * @param body what it runs
	 * @return the thread, not started yet
	 * @throws IllegalArgumentException if the delay is negative
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public GreenThread<Void> spawnLater(Duration delay, GreenTask body) {
		return spawnLater(delay, callable(body));
	}

	/**
	 * Starts a green thread that does something again and again: first at once, then each
	 * time the delay after the last end. It ends when it is killed or the body throws.
	 * @param delay how long from the end of one to the start of the next; zero lets
	 * others go first
	 * @param body what to do
	 * @return the started thread
	 * @throws IllegalArgumentException if the delay is negative
	 * @throws SchedulerClosedException if the scheduler is shutting down and the caller
	 * is not one of its own green threads
	 */
	public GreenThread<Void> repeat(Duration delay, GreenTask body) {
		return start(unstartedRepeat(delay, body));
	}

	GreenThread<Void> unstartedRepeat(Duration delay, GreenTask body) {
		Limits.nanos(delay, "delay");
		Objects.requireNonNull(body, "body");
		return unstarted(callable(() -> {
			while (true) {
				body.run();
				Parking.sleep(delay);
			}
		}));
	}

	/**
	 * Lets the current thread sleep, in the time of the worker if it is stepped by one.
	 * @param length how long at least; zero lets others go first
	 * @throws InterruptedException if the thread is interrupted or killed
	 * @throws IllegalArgumentException if the length is negative
	 */
	public void sleep(Duration length) throws InterruptedException {
		Parking.sleep(length);
	}

	/**
	 * Waits for a stage and returns its value, so that a sequence of stages reads as
	 * straight-line code. A failure arrives as it was thrown, the same object, without
	 * the stage's wrapping, and its trace shows who has awaited it; since that may be a
	 * checked exception which no signature shows here, catch {@link Exception} where it
	 * matters.
	 * <p>
	 * Blocks the current thread, green or not. If that is interrupted or killed
	 * meanwhile, the stage is cancelled: cancelling a sequence cancels what it waits for.
	 * @param stage what to wait for
	 * @return the stage's value
	 * @param <T> the type of the value
	 * @throws InterruptedException if the thread is interrupted or killed
	 * @throws IllegalStateException if the thread is the one that steps the worker of
	 * this scheduler, and the stage is not completed yet
	 */
	public <T> @Nullable T await(CompletionStage<T> stage) throws InterruptedException {
		return Awaited.await(this.engine, Objects.requireNonNull(stage, "stage"));
	}

	private void startInTime(GreenThread<?> thread) {
		try {
			thread.start();
		}
		catch (Throwable refused) {
			// Nobody called: the timer's thread has no one to throw to.
			unobserved(thread, refused);
		}
	}

	/**
	 * Makes a timeout for a block of code.
	 * @param limit how long the block may take, counted from entering it
	 * @return a new timeout, to be used once
	 * @throws IllegalArgumentException if the limit is negative
	 * @see Timeout#after(Duration)
	 */
	public Timeout timeout(Duration limit) {
		return Timeout.after(limit);
	}

	/**
	 * Makes a pool with a line of at most {@value GreenPool#DEFAULT_QUEUE_CAPACITY}.
	 * @param name the pool's name
	 * @param size how many may be at work at once
	 * @return a new pool, closed with this scheduler at the latest
	 * @throws IllegalArgumentException if the size is less than 1
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public GreenPool pool(String name, int size) {
		return pool(name).size(size).build();
	}

	/**
	 * Returns a builder for a pool.
	 * @param name the pool's name
	 * @return a new builder
	 */
	public GreenPool.Builder pool(String name) {
		return new GreenPool.Builder(this, Objects.requireNonNull(name, "name"));
	}

	private static <T> GreenThread<T> start(GreenThread<T> thread) {
		thread.start();
		return thread;
	}

	static Callable<Void> callable(GreenTask body) {
		Objects.requireNonNull(body, "body");
		return new Callable<>() {

			@Override
			@SuppressWarnings("NullAway") // Void has no other value
			public Void call() throws Exception {
				body.run();
				return null;
			}

		};
	}

	Engine engine() {
		return this.engine;
	}

	Duration drainTimeout() {
		return this.drainTimeout;
	}

	/** Takes the thread among the living, or refuses it. */
	void admit(GreenThread<?> thread) {
		this.live.add(thread);
		// Added first: a drain that has begun sees the thread, or the thread sees the
		// drain.
		if (this.phase != Phase.OPEN && !(this.phase == Phase.DRAINING && isOurs(Thread.currentThread()))) {
			throw new SchedulerClosedException(this.name, thread.name());
		}
		this.listener.spawned();
	}

	void release(GreenThread<?> thread) {
		this.live.remove(thread);
	}

	void killAll() {
		this.live.snapshot().forEach(GreenThread::kill);
	}

	void unobserved(GreenThread<?> thread, Throwable failure) {
		log.error("Green thread '{}' failed, and nobody waited for it", thread.name(), failure);
		this.listener.failed(thread.name(), failure);
	}

	private boolean isOurs(Thread thread) {
		return this.live.snapshot().stream().anyMatch((green) -> green.carrier() == thread);
	}

	/**
	 * Takes a service along, to be stopped before this scheduler drains its threads.
	 * @param service the service
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public void attach(GreenService service) {
		this.services.add(service);
		if (this.phase != Phase.OPEN) {
			this.services.remove(service);
			throw new SchedulerClosedException(this.name, service.name());
		}
	}

	/**
	 * Lets go of a service that has stopped.
	 * @param service the service
	 */
	public void detach(GreenService service) {
		this.services.remove(service);
	}

	/**
	 * Drains with the timeout this scheduler was built with.
	 * @see #drain(Duration)
	 */
	@Override
	public void close() {
		drain(this.drainTimeout);
	}

	/**
	 * Shuts down: refuses work from outside at once, stops its services, waits for the
	 * green threads it has accepted and what these still spawn, and kills those left when
	 * the time is over. Threads that wait for a later start are killed at once. Blocks
	 * for the time given and a second at most; an interrupt cuts the wait short. A second
	 * drain finds nothing.
	 * @param grace how long accepted work may take
	 * @return what was left; said in one log line too, where there was anything
	 * @throws IllegalArgumentException if the time is negative
	 */
	public DrainReport drain(Duration grace) {
		long nanos = Limits.nanos(grace, "grace period");
		long start = this.engine.nanoTime();
		synchronized (this) {
			if (this.phase != Phase.OPEN) {
				return new DrainReport(0, List.of(), List.of());
			}
			this.phase = Phase.DRAINING;
		}
		List<String> killed = new ArrayList<>();
		boolean interrupted = false;
		int finished = 0;
		try {
			stopServices(grace);
			List<GreenThread<?>> late = others().stream().filter((thread) -> !thread.started()).toList();
			late.forEach((thread) -> killed.add(thread.name()));
			late.forEach(GreenThread::kill);
			finished = joinUntil(start, nanos);
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		List<GreenThread<?>> left = others();
		left.forEach((thread) -> killed.add(thread.name()));
		left.forEach(GreenThread::kill);
		this.phase = Phase.CLOSED;
		this.engine.close();
		interrupted |= awaitKilled();
		List<String> stuck = others().stream().map(GreenThread::name).toList();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		if (!killed.isEmpty()) {
			log.warn("Scheduler '{}' shut down: {} green threads finished, {} were killed after {}: {}; stuck: {}",
					this.name, finished, killed.size(), grace, killed, stuck);
		}
		return new DrainReport(finished, killed, stuck);
	}

	private void stopServices(Duration grace) throws InterruptedException {
		List<Runnable> stops = new ArrayList<>();
		for (GreenService service : this.services) {
			stops.add(() -> stop(service, grace));
		}
		this.engine.runAll(stops);
		this.services.clear();
	}

	private static void stop(GreenService service, Duration grace) {
		try {
			service.stop(grace);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException failure) {
			log.error("Service '{}' failed to stop; shutdown goes on", service.name(), failure);
		}
	}

	/**
	 * Waits for those alive now and for those they spawn; returns how many have ended.
	 */
	private int joinUntil(long start, long nanos) throws InterruptedException {
		int finished = 0;
		for (List<GreenThread<?>> now = others(); !now.isEmpty(); now = others()) {
			for (GreenThread<?> thread : now) {
				long left = nanos - (this.engine.nanoTime() - start);
				if (!this.engine.awaitEnd(thread, Math.max(0, left))) {
					return finished;
				}
				finished++;
			}
		}
		return finished;
	}

	/**
	 * Those alive, but for the caller: a green thread may drain, and can't wait for
	 * itself.
	 */
	private List<GreenThread<?>> others() {
		Thread self = Thread.currentThread();
		List<GreenThread<?>> others = this.live.snapshot();
		others.removeIf((thread) -> thread.carrier() == self);
		return others;
	}

	private boolean awaitKilled() {
		long start = this.engine.nanoTime();
		try {
			joinUntil(start, KILL_LIMIT.toNanos());
			return false;
		}
		catch (InterruptedException ex) {
			return true;
		}
	}

	@Override
	public String toString() {
		return "GreenScheduler[" + this.name + ", " + this.live.count() + " live]";
	}

	/** Settings of a scheduler. Not safe for use by several threads. */
	public static final class Builder {

		private String name = "green";

		private Duration drainTimeout = Duration.ofSeconds(30);

		private Observer observer = Observer.NONE;

		private @Nullable Engine engine;

		private Builder() {
		}

		/**
		 * Sets the name, the prefix of its threads' names.
		 * @param name the name; {@code green} unless set
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = Objects.requireNonNull(name, "name");
			return this;
		}

		/**
		 * Sets how long {@link GreenScheduler#close()} waits for accepted work.
		 * @param timeout how long; 30 seconds unless set
		 * @return this builder
		 * @throws IllegalArgumentException if the timeout is negative
		 */
		public Builder drainTimeout(Duration timeout) {
			Limits.nanos(timeout, "drain timeout");
			this.drainTimeout = timeout;
			return this;
		}

		/**
		 * Sets whom the scheduler and the parts built on it tell.
		 * @param observer the observer; hears nothing unless set
		 * @return this builder
		 */
		public Builder observer(Observer observer) {
			// Also a single one is wrapped, so that its failures stop nothing.
			this.observer = (observer == Observer.NONE) ? observer : Observer.all(List.of(observer));
			return this;
		}

		/** Sets what the threads run on; the JDK's virtual threads unless set. */
		Builder engine(Engine engine) {
			this.engine = engine;
			return this;
		}

		/**
		 * Makes the scheduler.
		 * @return a new scheduler, open
		 */
		public GreenScheduler build() {
			return new GreenScheduler(this);
		}

	}

}
