package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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

	/** The least time between two inspections of services, in nanoseconds. */
	private static final long SHORTEST_INSPECTION = 10_000_000;

	private final String name;

	private final Duration drainTimeout;

	private final Observer observer;

	private final ThreadListener listener;

	private final LiveThreads live = new LiveThreads();

	private final Set<GreenService> services = ConcurrentHashMap.newKeySet();

	private final AtomicLong sequence = new AtomicLong();

	private final ScheduledThreadPoolExecutor timer;

	/** The timer's task that inspects services; guarded by this. */
	private @Nullable ScheduledFuture<?> inspections;

	/** The time between two inspections in nanoseconds; guarded by this. */
	private long inspectionPause;

	private volatile Phase phase = Phase.OPEN;

	private GreenScheduler(Builder builder) {
		this.name = builder.name;
		this.drainTimeout = builder.drainTimeout;
		this.observer = builder.observer;
		this.listener = builder.observer.threads(this.name, this.live::count);
		this.timer = new ScheduledThreadPoolExecutor(1,
				Thread.ofPlatform().daemon().name(this.name + "-timer").factory());
		this.timer.setRemoveOnCancelPolicy(true);
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
		return new GreenThread<>(this, name, body);
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
			ScheduledFuture<?> start = this.timer.schedule(() -> startInTime(thread), nanos, TimeUnit.NANOSECONDS);
			thread.linkQuietly((ended) -> start.cancel(false));
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

	private void startInTime(GreenThread<?> thread) {
		try {
			thread.start();
		}
		catch (Throwable refused) {
			// Nobody called: the timer's thread has no one to throw to.
			unobserved(thread, refused);
		}
	}

	private static <T> GreenThread<T> start(GreenThread<T> thread) {
		thread.start();
		return thread;
	}

	private static Callable<Void> callable(GreenTask body) {
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

	Thread carrierFor(String threadName, Runnable body) {
		return Thread.ofVirtual().name(threadName).unstarted(body);
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
	 * @throws SchedulerClosedException if the scheduler is shutting down and the service
	 * is not one that accepted work has brought to life
	 */
	public void attach(GreenService service) {
		this.services.add(service);
		// Added first: a drain that has begun sees the service, or the service sees it.
		switch (this.phase) {
			case OPEN -> inspectEvery(Limits.nanos(service.inspection(), "time between inspections"));
			case DRAINING -> {
				if (!(service instanceof DrainedService drained) || !isInside()) {
					refuse(service);
				}
				else {
					drained.refuse();
				}
			}
			case CLOSED -> refuse(service);
		}
	}

	/** Has services inspected as often as the most demanding of them wants. */
	private synchronized void inspectEvery(long nanos) {
		long pause = Math.max(nanos, SHORTEST_INSPECTION);
		if (nanos == 0 || (this.inspections != null && this.inspectionPause <= pause)) {
			return;
		}
		if (this.inspections != null) {
			this.inspections.cancel(false);
		}
		try {
			this.inspections = this.timer.scheduleWithFixedDelay(this::inspect, pause, pause, TimeUnit.NANOSECONDS);
			this.inspectionPause = pause;
		}
		catch (RejectedExecutionException closed) {
			// The scheduler was closed in this moment, and the service will be.
		}
	}

	private void inspect() {
		for (GreenService service : this.services) {
			try {
				service.inspect();
			}
			catch (RuntimeException failure) {
				log.warn("Service '{}' could not be inspected", service.name(), failure);
			}
		}
	}

	private void refuse(GreenService service) {
		this.services.remove(service);
		throw new SchedulerClosedException(this.name, service.name());
	}

	/**
	 * Returns whether the current thread is one of this scheduler's green threads. What
	 * such a thread asks for while the scheduler drains belongs to work that was
	 * accepted. Looks at every live thread; meant for shutdown.
	 * @return whether the caller is inside
	 */
	public boolean isInside() {
		return isOurs(Thread.currentThread());
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
	 * Shuts down: refuses work from outside at once, lets its services and green threads
	 * finish what was accepted, and what that still calls and spawns, then stops the
	 * services, and kills the threads left when the time is over. Threads that wait for a
	 * later start are killed at once. Blocks for the time given and a second at most; an
	 * interrupt cuts the wait short. A second drain finds nothing.
	 * @param grace how long accepted work may take
	 * @return what was left; said in one log line too, where there was anything
	 * @throws IllegalArgumentException if the time is negative
	 */
	public DrainReport drain(Duration grace) {
		long nanos = Limits.nanos(grace, "grace period");
		long start = System.nanoTime();
		synchronized (this) {
			if (this.phase != Phase.OPEN) {
				return DrainReport.NOTHING;
			}
			this.phase = Phase.DRAINING;
		}
		List<String> killed = new ArrayList<>();
		ServiceDrain drain = new ServiceDrain(this.services, this::others, start, nanos);
		WorkReport work = DrainReport.NOTHING.work();
		boolean interrupted = false;
		try {
			drain.begin();
			List<GreenThread<?>> late = others().stream().filter((thread) -> !thread.started()).toList();
			late.forEach((thread) -> killed.add(thread.name()));
			late.forEach(GreenThread::kill);
			drain.awaitQuiet();
			work = drain.stop();
			joinUntil(start, nanos);
		}
		catch (InterruptedException ex) {
			interrupted = true;
			work = drain.stopNow();
		}
		int finished = drain.finished();
		List<GreenThread<?>> left = others();
		left.forEach((thread) -> killed.add(thread.name()));
		left.forEach(GreenThread::kill);
		this.phase = Phase.CLOSED;
		this.timer.shutdownNow();
		interrupted |= awaitKilled();
		List<String> stuck = others().stream().map(GreenThread::name).toList();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		DrainReport report = new DrainReport(finished, killed, stuck, work);
		log(report, grace);
		return report;
	}

	private void log(DrainReport report, Duration grace) {
		WorkReport work = report.work();
		if (report.killed().isEmpty() && work.accepted() == 0) {
			return;
		}
		log.atLevel((report.killed().isEmpty() && work.left().isEmpty()) ? Level.INFO : Level.WARN)
			.log("Scheduler '{}' shut down. Of {} accepted calls {} ran, {} were withdrawn, {} were left after {}, their callers told: {}. "
					+ "{} green threads finished, {} were killed: {}; stuck: {}", this.name, work.accepted(),
					work.ran(), work.withdrawn(), work.left().size(), grace, work.leftByName(), report.finished(),
					report.killed().size(), report.killed(), report.stuck());
	}

	/** Waits for those alive now and for those they spawn. */
	private void joinUntil(long start, long nanos) throws InterruptedException {
		for (List<GreenThread<?>> now = others(); !now.isEmpty(); now = others()) {
			for (GreenThread<?> thread : now) {
				long left = nanos - (System.nanoTime() - start);
				if (!thread.join(Duration.ofNanos(Math.max(0, left)))) {
					return;
				}
			}
		}
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
		long start = System.nanoTime();
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

		/**
		 * Makes the scheduler.
		 * @return a new scheduler, open
		 */
		public GreenScheduler build() {
			return new GreenScheduler(this);
		}

	}

}
