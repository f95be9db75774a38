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
 * Starts {@linkplain GreenThread green threads} and answers for them: it rejects work
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
	 * Returns whom the parts built on this scheduler tell.
	 * @return the observer
	 */
	public Observer observer() {
		return this.observer;
	}

	/**
	 * Returns how the context of a caller comes to the green threads it starts, for the
	 * parts built on this scheduler.
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
	 * A reference to a method with overloads, such as {@code latch::await}, may be either
	 * kind of body, and javac does not choose; a lambda says which:
	 * {@code spawn(() -> latch.await())}.
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
	 * Starts a green thread that is nobody's child and has no context, regardless of the
	 * caller. For services that outlive the caller, such as a loop that the first request
	 * starts.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the started thread
	 * @throws SchedulerClosedException if the scheduler is shutting down and the caller
	 * is not one of its own green threads
	 */
	public GreenThread<Void> spawnDetached(String name, GreenTask body) {
		Objects.requireNonNull(name, "name");
		return start(new GreenThread<>(this.home, name, callable(body), null, Origin.detached(this.captureSpawnSites)));
	}

	/**
	 * Makes a green thread that {@link GreenThread#start()} starts. Its parent and
	 * context are those of the thread that makes it.
	 * @param body what it runs
	 * @return the thread
	 * @param <T> the type of the result
	 */
	public <T> GreenThread<T> unstarted(Callable<? extends T> body) {
		return unstarted(nextName(), body);
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
		return child(name, body, null, null);
	}

	<T> GreenThread<T> unstarted(Callable<? extends T> body, @Nullable GreenThread<?> beside) {
		return child(nextName(), body, null, beside);
	}

	/**
	 * Makes a green thread that returns nothing and that {@link GreenThread#start()}
	 * starts.
	 * @param body what it runs
	 * @return the thread
	 * @see #unstarted(Callable)
	 */
	public GreenThread<Void> unstarted(GreenTask body) {
		return unstarted(callable(body));
	}

	/**
	 * Makes a green thread with a name that returns nothing and that
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
	 * Starts a green thread later. Killing it before its time takes it out of the timer.
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
		return later(nanos, unstarted(body));
	}

	/**
	 * Starts a green thread later that is nobody's child and has no context, regardless
	 * of the caller. For parts built on this scheduler, whose timers are not part of what
	 * the caller does. Killing it before its time takes it out of the timer.
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
		return later(nanos,
				new GreenThread<>(this.home, name, callable(body), null, Origin.detached(this.captureSpawnSites)));
	}

	private <T> GreenThread<T> later(long nanos, GreenThread<T> thread) {
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
		catch (Throwable notSet) {
			thread.reject(notSet);
			throw notSet;
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
	 * the stage's wrapping, and its trace shows who has awaited it. That may be a checked
	 * exception which no signature shows here, so that javac takes no {@code catch} of it
	 * alone; catch {@link Exception} and look:
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
		catch (Throwable rejected) {
			// Nobody called, so there is no one to throw to.
			unobserved(thread, rejected);
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
	 * Makes a child of the caller, in its context.
	 * @param beside whose sibling it is instead, if that is who calls
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

	/** Returns the living threads that the predicate takes. */
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
	 * Starts a green thread that does something over and over: at once, and then after a
	 * pause from the end of each time. It ends when the body fails, when it is killed,
	 * and without a failure when the scheduler shuts down.
	 * @param pause how long from the end of one time to the beginning of the next; zero
	 * yields
	 * @param body what it does
	 * @return the started thread
	 * @throws IllegalArgumentException if the pause is negative
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public GreenThread<Void> repeat(Duration pause, GreenTask body) {
		return repeat(nextName(), pause, body);
	}

	/**
	 * Starts a green thread with a name that does something over and over.
	 * @param name the thread's name
	 * @param pause how long from the end of one time to the beginning of the next; zero
	 * yields
	 * @param body what it does
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
			// Also where the start had not begun: the service has to go.
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
	 * Makes a group, whose members are joined and killed together.
	 * @return a new group, empty
	 */
	public GreenGroup group() {
		return new GreenGroup(this);
	}

	/**
	 * Makes a scope, whose threads do not outlive a block.
	 * @return a new scope, for a try-with-resources statement
	 */
	public GreenScope scope() {
		return new GreenScope(this);
	}

	/**
	 * Returns this scheduler as an executor, for libraries that want one: each task is a
	 * green thread of its own. What a task throws is reported as a failure that nobody
	 * waits for.
	 * @return a view, which rejects tasks with {@link SchedulerClosedException} when this
	 * scheduler is shutting down
	 */
	public Executor asExecutor() {
		return new ExecutorView(this);
	}

	/**
	 * Returns the living green threads as a tree. What changes meanwhile may be in it or
	 * not.
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
	 * @param most the greatest number of threads
	 * @return the dump, which knows how many there are
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
	 * Returns the services this scheduler will stop.
	 * @return a copy, in any order
	 */
	public List<GreenService> services() {
		return List.copyOf(this.services.all());
	}

	/**
	 * Waits until all have ended, whatever their outcome.
	 * @param threads whom to wait for; the same one may be there twice
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if the caller would wait for itself
	 */
	public void joinAll(Collection<? extends GreenThread<?>> threads) throws InterruptedException {
		joinAll(threads, Join.all());
	}

	/**
	 * Waits as asked. A wait that ends early leaves nothing behind.
	 * @param threads whom to wait for; the same one may be there twice
	 * @param how for how many, how long, and what to do about a failure
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
	 * Kills all and waits up to the limit for their ends.
	 * @param threads whom to kill
	 * @param limit how long to wait at most, in all; zero does not wait
	 * @return those that have not ended, still cleaning up or stuck
	 * @param <G> the type of the threads
	 * @throws InterruptedException if the caller is interrupted while it waits; all are
	 * killed all the same
	 * @throws IllegalArgumentException if the limit is negative; nobody is killed then
	 * @throws IllegalStateException if the caller is among them; nobody is killed then
	 */
	public <G extends GreenThread<?>> List<G> killAll(Collection<? extends G> threads, Duration limit)
			throws InterruptedException {
		return Joining.kill(Objects.requireNonNull(threads, "threads"), new Countdown(Limits.nanos(limit, "limit")));
	}

	/**
	 * Returns the time that this scheduler's threads live in, for parts built on it: to
	 * measure lengths by, as {@link System#nanoTime()} is. Nobody can set it.
	 * @return the worker's time where a worker steps the threads, else the JDK's
	 */
	public long nanoTime() {
		return this.engine.nanoTime();
	}

	/**
	 * Takes a service along, to be stopped before this scheduler drains its threads.
	 * @param service the service
	 * @throws SchedulerClosedException if the scheduler is shutting down and the service
	 * is not one that accepted work has brought to life
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
	 * Returns whether the current thread is one of this scheduler's green threads. What
	 * such a thread asks for while the scheduler drains belongs to work that was
	 * accepted.
	 * @return whether the caller is inside
	 */
	public boolean isInside() {
		return calledByOurs();
	}

	/**
	 * Keeps an attached service alive no longer, and inspects it no more, because it has
	 * no thread and nothing to do: it is collected once nobody else refers to it. While
	 * it lives it is still listed, and stopped with the scheduler.
	 * @param service the service
	 * @see #retain
	 */
	public void release(GreenService service) {
		this.services.release(Objects.requireNonNull(service, "service"));
	}

	/**
	 * Keeps a service alive again, and has it inspected, that was {@linkplain #release
	 * released} or {@linkplain GreenService#isAtRest() at rest} and is not any more. Does
	 * nothing for any other.
	 * @param service the service, which says that it is awake by now
	 */
	public void retain(GreenService service) {
		this.services.retain(Objects.requireNonNull(service, "service"));
	}

	/**
	 * Lets go of a service that has stopped.
	 * @param service the service
	 */
	public void detach(GreenService service) {
		this.services.remove(Objects.requireNonNull(service, "service"));
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
	 * Shuts down: rejects work from outside at once, lets its services and green threads
	 * finish what was accepted, and what that still calls and spawns, then stops the
	 * services, and kills the threads left when the time is over. Threads that wait for a
	 * later start are killed at once. Blocks for the time given and two seconds at most;
	 * an interrupt cuts the wait short. A second drain finds nothing.
	 * @param grace how long accepted work may take
	 * @return what was left; said in one log line too, where there was anything
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

	/** What this scheduler's threads see of it. */
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

	/** Lets the worker in. */
	private static final class Access extends SchedulerAccess {

		@Override
		public GreenScheduler scheduler(String name, Engine engine) {
			return builder().name(name).engine(engine).build();
		}

		@Override
		public GreenThread<Void> unstartedRepeat(GreenScheduler scheduler, Duration pause, GreenTask task) {
			return scheduler.unstartedRepeat(scheduler.nextName(), pause, task);
		}

		@Override
		public void reject(GreenThread<?> thread, Throwable failure) {
			thread.reject(failure);
		}

		@Override
		public void killAll(GreenScheduler scheduler) {
			scheduler.killAll();
		}

	}

	/** Settings of a scheduler. Not safe for use by several threads. */
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
			Objects.requireNonNull(observer, "observer");
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
		 * Sets what takes the context of a caller to the threads it starts.
		 * @param carrier the carrier; carries nothing unless set
		 * @return this builder
		 */
		public Builder contextCarrier(ContextCarrier carrier) {
			this.contextCarrier = Objects.requireNonNull(carrier, "carrier");
			return this;
		}

		/**
		 * Sets whether each green thread remembers where it was spawned, for dumps and
		 * reports. It makes a spawn several times as expensive.
		 * @param capture whether to walk the stack at each spawn; not unless set
		 * @return this builder
		 */
		public Builder captureSpawnSites(boolean capture) {
			this.captureSpawnSites = capture;
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
