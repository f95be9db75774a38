package io.greenroom.green;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.Limits;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.green.internal.Timing;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadListener;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Starts {@linkplain GreenThread green threads} and is responsible for them. When it
 * shuts down, it rejects new work, waits for accepted work, and names the threads that it
 * had to kill. In a Spring Boot application it is the bean {@code greenScheduler};
 * without Spring, {@link #builder()} creates one.
 * <p>
 * Thread-safe. Inspired by gevent's hub and pulsar's application loop.
 */
public final class GreenScheduler implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	private enum Phase {

		OPEN, DRAINING, CLOSED

	}

	static {
		SchedulerAccess.set(new Access());
	}

	private final String name;

	private final Duration drainTimeout;

	private final Observer observer;

	private final ThreadListener listener;

	private final ContextCarrier contextCarrier;

	private final boolean captureSpawnSites;

	private final LiveThreads live;

	private final Services services;

	private final AtomicLong sequence = new AtomicLong();

	private final Engine engine;

	private final ThreadHome home = new Home();

	private volatile Phase phase = Phase.OPEN;

	private GreenScheduler(Builder builder) {
		this.name = builder.name;
		this.drainTimeout = builder.drainTimeout;
		this.observer = builder.observer;
		this.contextCarrier = builder.contextCarrier;
		this.captureSpawnSites = builder.captureSpawnSites;
		this.live = (builder.engine != null) ? LiveThreads.inOrder() : LiveThreads.striped();
		this.listener = builder.observer.threads(this.name, this.live::count);
		this.engine = (builder.engine != null) ? builder.engine : new JdkEngine();
		this.services = new Services(this.engine);
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
	 * Returns the observer for this scheduler and the parts built on it.
	 * @return the observer
	 */
	public Observer observer() {
		return this.observer;
	}

	/**
	 * Returns what carries the context of a caller to the green threads that it starts,
	 * for parts built on this scheduler.
	 * @return the carrier
	 */
	public ContextCarrier contextCarrier() {
		return this.contextCarrier;
	}

	/**
	 * Starts a green thread, as a child of the current one and in the caller's context.
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
	 * <p>
	 * A reference to an overloaded method, such as {@code latch::await}, is ambiguous;
	 * use a lambda instead: {@code spawn(() -> latch.await())}.
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
	 * Starts a green thread without parent and context, regardless of the caller. For
	 * services that outlive the caller, such as a loop that the first request starts.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the started thread
	 * @throws SchedulerClosedException if the scheduler is shutting down and the caller
	 * is not one of its own green threads
	 */
	public GreenThread<Void> spawnDetached(String name, GreenTask body) {
		Objects.requireNonNull(name, "name");
		return start(detached(name, body));
	}

	/**
	 * Creates a green thread that {@link GreenThread#start()} starts. Its parent and
	 * context are those of the thread that creates it.
	 * @param body what it runs
	 * @return the thread
	 * @param <T> the type of the result
	 */
	public <T> GreenThread<T> unstarted(Callable<? extends T> body) {
		return unstarted(nextName(), body);
	}

	/**
	 * Creates a green thread with a name that {@link GreenThread#start()} starts.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the thread
	 * @param <T> the type of the result
	 */
	public <T> GreenThread<T> unstarted(String name, Callable<? extends T> body) {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(body, "body");
		return child(name, body, null, null);
	}

	<T> GreenThread<T> unstarted(Callable<? extends T> body, @Nullable GreenThread<?> beside) {
		return child(nextName(), body, null, beside);
	}

	/**
	 * Creates a green thread that returns nothing and that {@link GreenThread#start()}
	 * starts.
	 * @param body what it runs
	 * @return the thread
	 * @see #unstarted(Callable)
	 */
	public GreenThread<Void> unstarted(GreenTask body) {
		return unstarted(callable(body));
	}

	/**
	 * Creates a green thread with a name that returns nothing and that
	 * {@link GreenThread#start()} starts.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the thread
	 * @see #unstarted(String, Callable)
	 */
	public GreenThread<Void> unstarted(String name, GreenTask body) {
		return unstarted(name, callable(body));
	}

	/**
	 * Starts a green thread after a delay. Killing it before then removes it from the
	 * timer.
	 * @param delay how long from now; zero starts at once
	 * @param body what it runs
	 * @return the thread, not started yet
	 * @param <T> the type of the result
	 * @throws IllegalArgumentException if the delay is negative
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> spawnLater(Duration delay, Callable<? extends T> body) {
		StackRoom.check();
		long nanos = Limits.nanos(delay, "delay");
		return later(nanos, Timing.SLEEP, unstarted(body));
	}

	/**
	 * Starts a green thread without parent and context after a delay, regardless of the
	 * caller. For parts built on this scheduler whose timers do not belong to the
	 * caller's work. Killing it before then removes it from the timer.
	 * @param name the thread's name
	 * @param delay how long from now; zero starts at once
	 * @param body what it runs
	 * @return the thread, not started yet
	 * @throws IllegalArgumentException if the delay is negative
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public GreenThread<Void> spawnLaterDetached(String name, Duration delay, GreenTask body) {
		Objects.requireNonNull(name, "name");
		long nanos = Limits.nanos(delay, "delay");
		StackRoom.check();
		return later(nanos, Timing.SLEEP, detached(name, body));
	}

	private GreenThread<Void> detached(String name, GreenTask body) {
		return new GreenThread<>(this.home, name, callable(body), null, Origin.detached(this.captureSpawnSites));
	}

	private <T> GreenThread<T> later(long nanos, Timing timing, GreenThread<T> thread) {
		this.live.add(thread);
		// Added first, as in admit.
		if (this.phase != Phase.OPEN) {
			this.live.remove(thread);
			throw new SchedulerClosedException(this.name, thread.name());
		}
		try {
			Runnable cancel = this.engine.schedule(nanos, timing, () -> startInTime(thread));
			thread.linkQuietly((ended) -> cancel.run());
		}
		catch (RejectedExecutionException closed) {
			// A drain came in between; either it has killed the thread, or this does.
			thread.kill();
			throw new SchedulerClosedException(this.name, thread.name());
		}
		catch (Throwable notSet) {
			thread.reject(notSet);
			throw notSet;
		}
		return thread;
	}

	/**
	 * Starts a green thread that returns nothing after a delay.
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
	 * Lets the current thread sleep, in the worker's time if a worker steps the thread.
	 * @param length the minimum time; zero yields
	 * @throws InterruptedException if the thread is interrupted or killed
	 * @throws IllegalArgumentException if the length is negative
	 */
	public void sleep(Duration length) throws InterruptedException {
		Parking.sleep(length);
	}

	/**
	 * Waits for a stage and returns its value, so that a sequence of stages reads as
	 * straight-line code. The caller gets the same throwable that the stage failed with,
	 * without the stage's wrapping, and its trace shows who awaited it. It may be a
	 * checked exception that the signature does not declare, so javac rejects a
	 * {@code catch} of it alone; catch {@link Exception} and check its type:
	 * {@snippet :
	 * try {
	 * 	return scheduler.await(download);
	 * }
	 * catch (Exception failure) {
	 * 	if (failure instanceof IOException broken) {
	 * 		return fallback(broken);
	 * 	}
	 * 	throw failure;
	 * }
	 * }
	 * <p>
	 * Blocks the current thread, green or not. If the thread is interrupted or killed
	 * meanwhile, the stage is cancelled, so that cancelling a sequence cancels what it
	 * waits for.
	 * @param stage the stage
	 * @return the stage's value
	 * @param <T> the type of the value
	 * @throws InterruptedException if the thread is interrupted or killed
	 * @throws IllegalStateException if the stage is not completed yet and the thread is
	 * the one that steps the worker of this scheduler
	 */
	public <T> @Nullable T await(CompletionStage<T> stage) throws InterruptedException {
		return Awaited.await(this.engine, Objects.requireNonNull(stage, "stage"));
	}

	private void startInTime(GreenThread<?> thread) {
		if (this.phase != Phase.OPEN) {
			// The drain kills it, like those that are not due.
			return;
		}
		try {
			thread.start();
		}
		catch (SchedulerClosedException begun) {
			log.debug("A drain began at the moment in which green thread '{}' was due", thread.name());
		}
		catch (Throwable rejected) {
			// There is no caller to throw to.
			unobserved(thread, rejected);
		}
	}

	/**
	 * Creates a timeout for a block of code.
	 * @param limit how long the block may take, from the moment it is entered
	 * @return a new timeout, which can be used once
	 * @throws IllegalArgumentException if the limit is negative
	 * @see Timeout#after(Duration)
	 */
	public Timeout timeout(Duration limit) {
		return Timeout.after(limit);
	}

	/**
	 * Creates a pool with a line of at most {@value GreenPool#DEFAULT_QUEUE_CAPACITY}.
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

	String nextName() {
		return this.name + "-" + this.sequence.incrementAndGet();
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

	/** Returns whether the threads of a worker run here, the same in every run. */
	boolean isInOrder() {
		return !(this.engine instanceof JdkEngine);
	}

	Engine engine() {
		return this.engine;
	}

	/**
	 * Returns how long {@link #close()} waits for accepted work.
	 * @return the time, for the parts built on this scheduler
	 */
	public Duration drainTimeout() {
		return this.drainTimeout;
	}

	/**
	 * Creates a child of the caller, in the caller's context.
	 * @param beside the thread to make it a sibling of instead, if that is the caller
	 */
	<T> GreenThread<T> child(String name, Callable<? extends T> body, @Nullable TaskSlot slot,
			@Nullable GreenThread<?> beside) {
		Origin origin = (beside != null) ? beside.originBeside(this.contextCarrier)
				: Origin.here(this.contextCarrier, this.captureSpawnSites);
		return new GreenThread<>(this.home, name, body, slot, origin);
	}

	private void admit(GreenThread<?> thread) {
		this.live.add(thread);
		// Added first: a drain that has begun sees the thread, or the thread sees the
		// drain.
		if (this.phase != Phase.OPEN && !(this.phase == Phase.DRAINING && (thread.isPlaced() || calledByOurs()))) {
			throw new SchedulerClosedException(this.name, thread.name());
		}
		this.listener.spawned();
	}

	/** Returns the living threads that match the predicate. */
	List<GreenThread<?>> living(Predicate<GreenThread<?>> which) {
		List<GreenThread<?>> threads = this.live.snapshot();
		threads.removeIf(which.negate());
		return threads;
	}

	void killAll() {
		this.live.snapshot().forEach(GreenThread::kill);
	}

	void unobserved(GreenThread<?> thread, Throwable failure) {
		if (thread.spawnSite().isEmpty()) {
			Failures.log(log, Level.ERROR, failure, "Green thread '{}' failed, and nobody waited for it",
					thread.name());
		}
		else {
			Failures.log(log, Level.ERROR, failure,
					"Green thread '{}', spawned at {}, failed, and nobody waited for it", thread.name(),
					thread.spawnSite().getFirst());
		}
		this.listener.failed(thread.name(), failure);
	}

	private boolean calledByOurs() {
		GreenThread<?> caller = GreenThread.current();
		return caller != null && caller.isOf(this.home) && !caller.isDone();
	}

	/**
	 * Starts a green thread that runs a body repeatedly: at once, and then after a pause
	 * from the end of each run. It ends when the body fails or the thread is killed, and
	 * without a failure when the scheduler shuts down.
	 * @param pause the time from the end of one run to the start of the next; zero yields
	 * @param body what it runs
	 * @return the started thread
	 * @throws IllegalArgumentException if the pause is negative
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public GreenThread<Void> repeat(Duration pause, GreenTask body) {
		return repeat(nextName(), pause, body);
	}

	/**
	 * Starts a green thread with a name that runs a body repeatedly.
	 * @param name the thread's name
	 * @param pause the time from the end of one run to the start of the next; zero yields
	 * @param body what it runs
	 * @return the started thread
	 * @throws IllegalArgumentException if the pause is negative
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #repeat(Duration, GreenTask)
	 */
	public GreenThread<Void> repeat(String name, Duration pause, GreenTask body) {
		StackRoom.check();
		GreenThread<Void> thread = unstartedRepeat(name, pause, body);
		try {
			return start(thread);
		}
		catch (Throwable notStarted) {
			// Even if the start has not begun, the service must be removed.
			thread.reject(notStarted);
			throw notStarted;
		}
	}

	GreenThread<Void> unstartedRepeat(String name, Duration pause, GreenTask body) {
		long nanos = Limits.nanos(pause, "pause");
		Repeat repeat = new Repeat(name, nanos, Objects.requireNonNull(body, "body"));
		GreenThread<Void> thread = unstarted(name, repeat);
		thread.linkQuietly((ended) -> detach(repeat));
		attach(repeat);
		return thread;
	}

	/**
	 * Creates a group, whose members are joined and killed together.
	 * @return a new group, empty
	 */
	public GreenGroup group() {
		return new GreenGroup(this);
	}

	/**
	 * Creates a scope, whose threads do not outlive a block.
	 * @return a new scope, for a try-with-resources statement
	 */
	public GreenScope scope() {
		return new GreenScope(this);
	}

	/**
	 * Returns this scheduler as an executor, for libraries that require one. Each task is
	 * a green thread of its own, and what it throws is reported as an unobserved failure.
	 * @return a view that rejects tasks with {@link SchedulerClosedException} when this
	 * scheduler is shutting down
	 */
	public Executor asExecutor() {
		return new ExecutorView(this);
	}

	/**
	 * Returns the living green threads as a tree, which may or may not reflect concurrent
	 * changes.
	 * @param frames how many frames of each thread's stack to take; zero takes none,
	 * which is much cheaper
	 * @return the dump
	 * @throws IllegalArgumentException if the number of frames is negative
	 */
	public GreenThreadDump dump(int frames) {
		return dump(frames, Integer.MAX_VALUE);
	}

	/**
	 * Returns the first of the living green threads as a tree, as {@link #dump(int)} does
	 * all. The stacks of the others are not taken; with a greatest number of zero, they
	 * are only counted.
	 * @param frames how many frames of each thread's stack to take
	 * @param most the maximum number of threads
	 * @return the dump, which includes the total number of threads
	 * @throws IllegalArgumentException if a number is negative
	 */
	public GreenThreadDump dump(int frames, int most) {
		if (frames < 0) {
			throw new IllegalArgumentException("The number of frames is negative: " + frames + "; give zero or more");
		}
		if (most < 0) {
			throw new IllegalArgumentException("The number of threads is negative: " + most + "; give zero or more");
		}
		if (most == 0) {
			return new GreenThreadDump(this.name, this.live.count(), List.of());
		}
		Collection<GreenThread<?>> all = this.live.snapshot();
		return new GreenThreadDump(this.name, all.size(), new ThreadTree(all).entries(frames, most));
	}

	/**
	 * Returns the services that this scheduler will stop.
	 * @return a copy, in any order
	 */
	public List<GreenService> services() {
		return List.copyOf(this.services.all());
	}

	/**
	 * Waits until all threads have ended, whatever their outcome.
	 * @param threads the threads to wait for; may contain duplicates
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if the caller would wait for itself
	 */
	public void joinAll(Collection<? extends GreenThread<?>> threads) throws InterruptedException {
		joinAll(threads, Join.all());
	}

	/**
	 * Waits as specified. A wait that ends early leaves nothing behind.
	 * @param threads the threads to wait for; may contain duplicates
	 * @param how how many to wait for, for how long, and what to do about a failure
	 * @return those that have ended, in the order of their ends
	 * @param <G> the type of the threads
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if the caller would wait for itself
	 */
	public <G extends GreenThread<?>> List<G> joinAll(Collection<? extends G> threads, Join how)
			throws InterruptedException {
		return Joining.join(Objects.requireNonNull(threads, "threads"), Objects.requireNonNull(how, "how"));
	}

	/**
	 * Kills all threads and waits up to the limit for them to end.
	 * @param threads the threads to kill
	 * @param limit the maximum time to wait in total; zero does not wait
	 * @return the threads that have not ended, because they still clean up or are stuck
	 * @param <G> the type of the threads
	 * @throws InterruptedException if the caller is interrupted while it waits; all are
	 * killed nevertheless
	 * @throws IllegalArgumentException if the limit is negative; nothing is killed in
	 * this case
	 * @throws IllegalStateException if the caller is among them; nothing is killed in
	 * this case
	 */
	public <G extends GreenThread<?>> List<G> killAll(Collection<? extends G> threads, Duration limit)
			throws InterruptedException {
		return Joining.kill(Objects.requireNonNull(threads, "threads"), new Countdown(Limits.nanos(limit, "limit")));
	}

	/**
	 * Returns the time of this scheduler's threads, in nanoseconds, for parts built on
	 * it. Like {@link System#nanoTime()} it is only good for measuring durations.
	 * @return the worker's time if a worker steps the threads, otherwise the JDK's
	 */
	public long nanoTime() {
		return this.engine.nanoTime();
	}

	/**
	 * Attaches a service, which will be stopped before this scheduler drains its threads.
	 * @param service the service
	 * @throws SchedulerClosedException if the scheduler is shutting down, unless accepted
	 * work has brought the service to life
	 */
	public void attach(GreenService service) {
		this.services.add(Objects.requireNonNull(service, "service"));
		// Added first: a drain that has begun sees the service, or the service sees it.
		switch (this.phase) {
			case OPEN ->
				this.services.inspectEvery(service, Limits.nanos(service.inspection(), "time between inspections"));
			case DRAINING -> {
				if (!(service instanceof DrainedService drained) || !isInside()) {
					reject(service);
				}
				else {
					drained.reject();
				}
			}
			case CLOSED -> reject(service);
		}
	}

	private void reject(GreenService service) {
		this.services.remove(service);
		throw new SchedulerClosedException(this.name, service.name());
	}

	/**
	 * Returns whether the current thread is one of this scheduler's green threads.
	 * Requests from such a thread during a drain belong to accepted work.
	 * @return whether the caller is inside
	 */
	public boolean isInside() {
		return calledByOurs();
	}

	/**
	 * Stops keeping an attached service alive and inspecting it, because it has no thread
	 * and nothing to do. It is collected once it is no longer referenced. While it lives,
	 * it is still listed, and stopped with the scheduler.
	 * @param service the service
	 * @see #retain
	 */
	public void release(GreenService service) {
		this.services.release(Objects.requireNonNull(service, "service"));
	}

	/**
	 * Keeps a service alive and inspects it again that was {@linkplain #release released}
	 * or {@linkplain GreenService#isAtRest() at rest}. Has no effect on other services.
	 * @param service the service, which must report that it is awake by now
	 */
	public void retain(GreenService service) {
		this.services.retain(Objects.requireNonNull(service, "service"));
	}

	/**
	 * Removes a service that has stopped.
	 * @param service the service
	 */
	public void detach(GreenService service) {
		this.services.remove(Objects.requireNonNull(service, "service"));
	}

	/**
	 * Drains with the timeout that this scheduler was built with.
	 * @see #drain(Duration)
	 */
	@Override
	public void close() {
		drain(this.drainTimeout);
	}

	/**
	 * Shuts down. Rejects work from outside at once, and lets services and green threads
	 * finish accepted work, including what that work still calls and spawns. Then stops
	 * the services, and kills the threads that are left when the time is over. Threads
	 * that wait for a later start are killed at once. Blocks for up to the grace period
	 * plus two seconds; an interrupt cuts the wait short. A second drain finds nothing to
	 * do.
	 * @param grace how long accepted work may take
	 * @return what was left; also logged in one line if there was anything
	 * @throws IllegalArgumentException if the time is negative
	 */
	public DrainReport drain(Duration grace) {
		Drain drain = new Drain(this.name, this.live, grace, this.engine);
		synchronized (this) {
			if (this.phase != Phase.OPEN) {
				return DrainReport.NOTHING;
			}
			this.phase = Phase.DRAINING;
		}
		DrainReport report = drain.run(this.services::all, () -> {
			this.phase = Phase.CLOSED;
			this.engine.close();
		});
		this.services.clear();
		return report;
	}

	@Override
	public String toString() {
		return "GreenScheduler[" + this.name + ", " + this.live.count() + " live]";
	}

	/** The scheduler as its threads see it. */
	private final class Home implements ThreadHome {

		@Override
		public Engine engine() {
			return GreenScheduler.this.engine;
		}

		@Override
		public void admit(GreenThread<?> thread) {
			GreenScheduler.this.admit(thread);
		}

		@Override
		public void release(GreenThread<?> thread) {
			GreenScheduler.this.live.remove(thread);
		}

		@Override
		public void unobserved(GreenThread<?> thread, Throwable failure) {
			GreenScheduler.this.unobserved(thread, failure);
		}

	}

	/** Gives the worker access. */
	private static final class Access extends SchedulerAccess {

		@Override
		public GreenScheduler scheduler(Builder builder, Engine engine) {
			return builder.engine(engine).build();
		}

		@Override
		public Engine engine(GreenScheduler scheduler) {
			return scheduler.engine;
		}

		@Override
		public GreenThread<Void> spawnAtLimit(GreenScheduler scheduler, Duration limit, GreenTask task) {
			long nanos = Limits.nanos(limit, "limit");
			StackRoom.check();
			return scheduler.later(nanos, Timing.LIMIT, scheduler.unstarted(task));
		}

		@Override
		public GreenThread<Void> spawnAtLimit(GreenScheduler scheduler, String name, Duration limit, GreenTask task) {
			long nanos = Limits.nanos(limit, "limit");
			StackRoom.check();
			return scheduler.later(nanos, Timing.LIMIT, scheduler.detached(name, task));
		}

		@Override
		public GreenThread<Void> unstartedRepeat(GreenScheduler scheduler, Duration pause, GreenTask task) {
			return scheduler.unstartedRepeat(scheduler.nextName(), pause, task);
		}

		@Override
		public @Nullable Thread thread(GreenThread<?> thread) {
			return thread.carrier();
		}

		@Override
		public void reject(GreenThread<?> thread, Throwable failure) {
			thread.reject(failure);
		}

		@Override
		public List<GreenThread<?>> living(GreenScheduler scheduler) {
			return scheduler.living((thread) -> true);
		}

		@Override
		public String rootName(GreenThread<?> thread) {
			return thread.rootName();
		}

		@Override
		public void killAll(GreenScheduler scheduler) {
			scheduler.killAll();
		}

	}

	/** Builds a scheduler. Not thread-safe. */
	public static final class Builder {

		private String name = "green";

		private Duration drainTimeout = Duration.ofSeconds(30);

		private Observer observer = Observer.NONE;

		private @Nullable Engine engine;

		private ContextCarrier contextCarrier = ContextCarrier.NONE;

		private boolean captureSpawnSites;

		private Builder() {
		}

		/**
		 * Sets the name, the prefix of its threads' names.
		 * @param name the name; {@code green} by default
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = Objects.requireNonNull(name, "name");
			return this;
		}

		/**
		 * Sets how long {@link GreenScheduler#close()} waits for accepted work.
		 * @param timeout the time; 30 seconds by default
		 * @return this builder
		 * @throws IllegalArgumentException if the timeout is negative
		 */
		public Builder drainTimeout(Duration timeout) {
			Limits.nanos(timeout, "drain timeout");
			this.drainTimeout = timeout;
			return this;
		}

		/**
		 * Sets the observer of the scheduler and the parts built on it.
		 * @param observer the observer; none by default
		 * @return this builder
		 */
		public Builder observer(Observer observer) {
			Objects.requireNonNull(observer, "observer");
			// Even a single observer is wrapped, so that its failures stop nothing.
			this.observer = (observer == Observer.NONE) ? observer : Observer.all(List.of(observer));
			return this;
		}

		/** Sets what the threads run on; the JDK's virtual threads by default. */
		Builder engine(Engine engine) {
			this.engine = engine;
			return this;
		}

		/**
		 * Sets what carries the context of a caller to the threads that it starts.
		 * @param carrier the carrier; none by default
		 * @return this builder
		 */
		public Builder contextCarrier(ContextCarrier carrier) {
			this.contextCarrier = Objects.requireNonNull(carrier, "carrier");
			return this;
		}

		/**
		 * Sets whether each green thread records where it was spawned, for dumps and
		 * reports. This makes a spawn several times as expensive.
		 * @param capture whether to walk the stack at each spawn; {@code false} by
		 * default
		 * @return this builder
		 */
		public Builder captureSpawnSites(boolean capture) {
			this.captureSpawnSites = capture;
			return this;
		}

		/**
		 * Creates the scheduler.
		 * @return a new scheduler, open
		 */
		public GreenScheduler build() {
			return new GreenScheduler(this);
		}

	}

}
