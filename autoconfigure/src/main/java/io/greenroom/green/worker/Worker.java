package io.greenroom.green.worker;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenTask;
import io.greenroom.green.GreenThread;
import io.greenroom.green.GreenThreadKilledException;
import io.greenroom.green.Parking;
import io.greenroom.green.internal.Limits;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.green.internal.Turns;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Runs green threads step by step, in an order that is the same in every run and in a
 * time of its own, for tests and for replaying failures. A step is what a routine does
 * between two waits. Nothing runs between two steps, and nothing else runs during a step.
 * <p>
 * Only the thread that calls {@link #tick()}, {@link #work()} or another stepping method
 * makes the routines go on. Without a seed they take turns. With a
 * {@linkplain Builder#seed seed} the next routine is chosen at random, and the same seed
 * of the same {@linkplain Strategy strategy} yields the same order. Time stands still
 * while a routine can go on, and jumps to the next timer when none can. A round in which
 * all routines only yield takes a microsecond, so that a spinning routine meets its
 * timeout. While a routine waits for the network, for a connection of a pool, or in
 * {@code Thread.sleep}, time does not jump: it passes as in reality, for up to five
 * seconds, after which the routine is taken for a listener. While a
 * {@linkplain io.greenroom.green.io.Command command} runs, and during other timed waits
 * of the JDK, no limit is jumped to; sleeps are, because they may be what ends the wait.
 * <p>
 * The guarantees of a worker depend on its {@link Mode}. In both modes, the same routines
 * with the same seed run in the same order, if they wait only by Greenroom's means
 * ({@link #scheduler()} and what is created from it, {@link #sleep}, {@link Parking}) and
 * nothing from outside reaches them.
 * <p>
 * The stepping methods must be called by one thread at a time; the others may be called
 * by any thread. Inspired by the worker of clockwork.
 */
public final class Worker implements AutoCloseable {

	/**
	 * How long killed routines get for their clean-up, in the worker's time and in real
	 * time.
	 */
	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

	/** How long routines that only yield may go on after the time has advanced. */
	private static final Duration AFTERWARDS = Duration.ofMillis(1);

	/** How routines are kept from running at the same time. */
	public enum Mode {

		/**
		 * Virtual threads that have the stepping thread as their only carrier. Blocking
		 * JDK calls also end a step: locks, latches, queues, futures, in the same order
		 * every time. A lock that a thread outside of the worker holds, such as that of a
		 * log, ends no step: it goes on when the lock is free. {@code synchronized} that
		 * is contended among the routines, timed waits and I/O of the JDK work too, but
		 * they end in real time, so that the order may vary. The stepping thread must be
		 * a platform thread. Needs {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
		 */
		ONE_CARRIER,

		/**
		 * Ordinary virtual threads, of which only the one with the baton runs. It passes
		 * the baton on when it waits by Greenroom's means. A blocking JDK call keeps the
		 * baton, so it must be ended from outside the worker; a step that takes seconds
		 * is logged. Has no requirements.
		 */
		BATON

	}

	/** How a seed determines which routine goes next. */
	public enum Strategy {

		/** Each step is drawn from the routines that can go on. */
		RANDOM,

		/**
		 * The routine with the highest priority goes on. Each has a random priority,
		 * which falls when the routine yields and at a few random steps. Finds errors
		 * that need few switches at the right steps more often than chance does, above
		 * all in long runs with many routines.
		 */
		PRIORITY

	}

	private final Mode mode;

	private final OptionalLong seed;

	private final Strategy strategy;

	private final WorkerEngine<?> engine;

	private final GreenScheduler scheduler;

	private Worker(Builder builder) {
		this.mode = builder.mode;
		this.seed = builder.seed;
		this.strategy = builder.strategy;
		this.engine = switch (this.mode) {
			case ONE_CARRIER -> new CarrierEngine(builder.name, order(), builder.onStep);
			case BATON -> new BatonEngine(builder.name, order(), builder.onStep);
		};
		this.scheduler = SchedulerAccess.get().scheduler(builder.scheduler.name(builder.name), this.engine);
	}

	private <S> Order<S> order() {
		if (this.seed.isEmpty()) {
			return new Order.InTurn<>();
		}
		return switch (this.strategy) {
			case RANDOM -> new Order.ByLot<>(this.seed.getAsLong());
			case PRIORITY -> new Order.ByPriority<>(this.seed.getAsLong());
		};
	}

	/**
	 * Returns a builder with the defaults.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Creates a worker whose routines take turns.
	 * @return a new worker
	 */
	public static Worker create() {
		return builder().build();
	}

	/**
	 * Returns a scheduler whose green threads this worker steps. Their failures are
	 * handled as usual; those of {@linkplain #assign(GreenTask) assigned} routines are
	 * thrown to the stepper.
	 * @return the scheduler
	 */
	public GreenScheduler scheduler() {
		return this.scheduler;
	}

	/**
	 * Returns how routines are kept from running at the same time.
	 * @return the mode
	 */
	public Mode mode() {
		return this.mode;
	}

	/**
	 * Returns the seed of the order.
	 * @return the seed; empty if routines take turns
	 */
	public OptionalLong seed() {
		return this.seed;
	}

	/**
	 * Returns how the seed determines the order.
	 * @return the strategy; of no importance without a seed
	 */
	public Strategy strategy() {
		return this.strategy;
	}

	/**
	 * Returns the worker's time, which starts at the epoch.
	 * @return a clock in UTC
	 */
	public Clock clock() {
		return this.engine.clock();
	}

	/**
	 * Adds a routine to the line. Its failure is thrown by the method that steps it; the
	 * other routines stay in the line.
	 * @param routine the routine
	 * @return the routine's green thread
	 * @param <T> the type of the result
	 */
	public <T> GreenThread<T> assign(Callable<? extends T> routine) {
		return assign(this.scheduler.unstarted(Objects.requireNonNull(routine, "routine")));
	}

	/**
	 * Adds a routine that returns nothing to the line.
	 * @param routine the routine
	 * @return the routine's green thread
	 * @see #assign(Callable)
	 */
	public GreenThread<Void> assign(GreenTask routine) {
		return assign(this.scheduler.unstarted(Objects.requireNonNull(routine, "routine")));
	}

	/**
	 * Adds a routine with a name to the line.
	 * @param name the routine's name
	 * @param routine the routine
	 * @return the routine's green thread
	 * @param <T> the type of the result
	 * @see #assign(Callable)
	 */
	public <T> GreenThread<T> assign(String name, Callable<? extends T> routine) {
		return assign(this.scheduler.unstarted(name, Objects.requireNonNull(routine, "routine")));
	}

	/**
	 * Adds a routine with a name that returns nothing to the line.
	 * @param name the routine's name
	 * @param routine the routine
	 * @return the routine's green thread
	 * @see #assign(Callable)
	 */
	public GreenThread<Void> assign(String name, GreenTask routine) {
		return assign(this.scheduler.unstarted(name, Objects.requireNonNull(routine, "routine")));
	}

	private <T> GreenThread<T> assign(GreenThread<T> thread) {
		StackRoom.check();
		try {
			thread.link((ended) -> reportFailure(ended.name(), ended.exception()));
			thread.start();
		}
		catch (Throwable notStarted) {
			SchedulerAccess.get().reject(thread, notStarted);
			throw notStarted;
		}
		return thread;
	}

	private void reportFailure(String routine, @Nullable Throwable failure) {
		if (failure != null && !(failure instanceof GreenThreadKilledException)) {
			this.seed.ifPresent(
					(drawn) -> SeedNote.addTo(failure, this.engine.name(), routine, drawn, this.strategy.name()));
			this.engine.fail(failure);
		}
	}

	/**
	 * Adds a routine to the line that runs repeatedly: at once, and then after a delay
	 * from the end of each run.
	 * @param delay the time from the end of one run to the start of the next; zero yields
	 * @param routine the routine
	 * @return the routine's green thread; killing it ends the repetition
	 * @throws IllegalArgumentException if the delay is negative
	 */
	public GreenThread<Void> repeat(Duration delay, GreenTask routine) {
		return assign(SchedulerAccess.get()
			.unstartedRepeat(this.scheduler, Objects.requireNonNull(delay, "delay"),
					Objects.requireNonNull(routine, "routine")));
	}

	/**
	 * Runs a routine to its end and returns its result. Inside a routine, the caller
	 * waits as for a child. From outside, this steps the new routine and the others until
	 * the new one has ended. The caller gets the same throwable that the routine threw;
	 * {@link GreenThread#get()} shows how to catch a checked exception.
	 * @param routine the routine
	 * @return the routine's result
	 * @param <T> the type of the result
	 * @throws InterruptedException if the caller is interrupted
	 * @throws WorkerStuckException if, called from outside, nothing can make the routine
	 * go on
	 * @throws IllegalStateException if, called from outside, {@link #stop()} ends the
	 * work
	 */
	public <T> @Nullable T wrap(Callable<? extends T> routine) throws InterruptedException {
		return wrap(this.scheduler.<T>unstarted(Objects.requireNonNull(routine, "routine")));
	}

	private <T> @Nullable T wrap(GreenThread<T> thread) throws InterruptedException {
		// Watched from the start, because its failure is thrown here and needs no report.
		thread.link((ended) -> {
		});
		thread.start();
		if (Turns.current() == null) {
			this.engine.runUntil(thread::isDone, Long.MAX_VALUE);
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
			checkEnded(thread);
		}
		return thread.get();
	}

	/**
	 * Runs a routine that returns nothing to its end.
	 * @param routine the routine
	 * @throws InterruptedException if the caller is interrupted
	 * @throws WorkerStuckException if, called from outside, nothing can make the routine
	 * go on
	 * @throws IllegalStateException if, called from outside, {@link #stop()} ends the
	 * work
	 * @see #wrap(Callable)
	 */
	public void wrap(GreenTask routine) throws InterruptedException {
		wrap(this.scheduler.unstarted(Objects.requireNonNull(routine, "routine")));
	}

	private void checkEnded(GreenThread<?> thread) {
		if (!thread.isDone() && this.engine.stopped()) {
			throw new IllegalStateException("Worker '" + this.engine.name() + "' was stopped before routine '"
					+ thread.name() + "' had ended; work() goes on with it");
		}
		if (!thread.isDone()) {
			this.engine.checkFinished();
		}
	}

	/**
	 * Lets the current thread wait by Greenroom's means although it is no routine, until
	 * the lead is closed: whenever it waits, it steps the routines until it may go on.
	 * The time passes for sleeps, delayed starts and, if nothing else can end the wait,
	 * timeouts. It may call the stepping methods as well. A wait that nothing can end
	 * throws a {@link WorkerStuckException}. A thread leads one worker at a time, the
	 * last that it has begun to lead and not ended.
	 * @return the lead, which the same thread must close
	 * @throws IllegalStateException if called inside a routine, or if the thread cannot
	 * step
	 */
	public Lead lead() {
		return this.engine.lead();
	}

	/**
	 * Lets the current routine sleep. Others run meanwhile.
	 * @param length the minimum time, in the worker's time; zero yields
	 * @throws InterruptedException if the routine is killed
	 * @throws IllegalArgumentException if the length is negative
	 * @throws IllegalStateException if called outside a routine
	 */
	public void sleep(Duration length) throws InterruptedException {
		Objects.requireNonNull(length, "length");
		checkInside("sleep");
		Parking.sleep(length);
	}

	/**
	 * Ends the step of the current routine, so that the others go first.
	 * @throws java.util.concurrent.CancellationException if the routine was killed, or
	 * the time of an enclosing {@link io.greenroom.green.Timeout Timeout} is over; its
	 * interrupt flag stays set
	 * @throws IllegalStateException if called outside a routine
	 */
	public void pause() {
		checkInside("pause");
		Parking.pause();
	}

	private void checkInside(String what) {
		Thread current = Thread.currentThread();
		if (Turns.of(current) == null) {
			throw new IllegalStateException("Thread '" + current.getName() + "' called " + what + " on worker '"
					+ this.engine.name() + "' but is not one of its routines; call it inside worker.assign(...)");
		}
	}

	/**
	 * Runs one step of the next routine, if there is one. Advances the time if all sleep;
	 * waits in reality for a timer that the time does not jump to.
	 * @return whether there was a step
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	public boolean tick() {
		return this.engine.step(false);
	}

	/**
	 * Runs one step of the next routine. Advances the time if all sleep; waits in reality
	 * for what comes in reality, such as an answer from the network.
	 * @throws WorkerStuckException if the remaining routines wait for something that none
	 * of them will provide
	 * @throws IllegalStateException if no routine is left, if called inside a routine, or
	 * while another thread steps
	 */
	public void doNextTask() {
		boolean stepped;
		do {
			stepped = this.engine.step(true);
		}
		while (!stepped && this.engine.isWoken());
		if (!stepped) {
			throw new IllegalStateException("Worker '" + this.engine.name()
					+ "' was asked for a step, but no routine is left; assign(...) one first, or use tick()");
		}
	}

	/**
	 * Steps until nothing is left to step, {@link #stop()} is called, a routine fails, or
	 * the calling thread is interrupted between two steps. (During a step in
	 * {@link Mode#ONE_CARRIER} the calling thread is a carrier, and the JDK ignores its
	 * interrupts.)
	 * @return whether all routines have ended; {@code false} also if the remaining ones
	 * wait for something that none of them will provide, which {@link #checkFinished()}
	 * reports
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	public boolean work() {
		this.engine.runUntil(null, Long.MAX_VALUE);
		return !this.engine.hasLive();
	}

	/**
	 * Steps as {@link #work()} does, for up to the given time of the worker. Afterwards
	 * the time has advanced by that length, unless the work was stopped or failed, and
	 * everything due by then has begun.
	 * @param length the length of time
	 * @return whether all routines have ended
	 * @throws IllegalArgumentException if the length is negative
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	public boolean workFor(Duration length) {
		this.engine.runUntil(null, this.engine.after(Limits.nanos(length, "length of work")));
		return !this.engine.hasLive();
	}

	/**
	 * Steps until no routine can go on by itself. The time advances for sleeps and
	 * delayed starts only, and what is due by then fires, whatever it is. A timeout, and
	 * the next round of something that is {@linkplain GreenScheduler#repeat repeated}, do
	 * not make the time advance; {@link #workFor} does. Otherwise like {@link #work()}.
	 * @param wanted threads that must not be left waiting for work, as the thread of a
	 * handler may be
	 * @return whether all routines have ended, except those that wait for work
	 * @throws WorkerStuckException if a routine is left waiting, and no timer is set that
	 * could end that
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	public boolean settle(Collection<? extends GreenThread<?>> wanted) {
		Objects.requireNonNull(wanted, "wanted");
		this.engine.runUntil(null, Long.MAX_VALUE, Pace.SETTLE);
		this.engine.checkNotStuck(wanted);
		return !this.engine.hasWaiting();
	}

	/**
	 * Steps until all routines have ended, except those that wait for work. The time
	 * advances for sleeps and delayed starts, and for timeouts as long as a routine
	 * waits. The next round of something that is {@linkplain GreenScheduler#repeat
	 * repeated} does not make the time advance, because there is always another one.
	 * @throws WorkerStuckException if a routine is left that neither a timeout nor
	 * another routine can make go on
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	public void finish() {
		do {
			this.engine.runUntil(null, Long.MAX_VALUE, Pace.FINISH);
		}
		while (this.engine.isWoken());
	}

	/**
	 * Lets the given time pass, and steps the routines that can go on by then.
	 * @param length the length of time
	 * @throws IllegalArgumentException if the length is negative
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	public void advance(Duration length) {
		workFor(length);
		this.engine.runUntil(null, this.engine.after(AFTERWARDS.toNanos()), Pace.STILL);
	}

	/**
	 * Describes what the routines wait for: which routine, for what, and who holds that.
	 * Leaves out those that wait for work, as the thread of a handler without calls.
	 * @return one line for each, which begins with a line break; empty if there are none
	 */
	public String waits() {
		return this.engine.waits();
	}

	/**
	 * Describes what one routine waits for.
	 * @param thread the routine
	 * @return a line, which begins with a line break; empty if it has ended
	 */
	public String waits(GreenThread<?> thread) {
		return this.engine.waits(Objects.requireNonNull(thread, "thread"));
	}

	/**
	 * Checks that all routines have ended, except those that wait for work; for the end
	 * of a test.
	 * @throws WorkerStuckException if any routine is left, with its stack trace
	 */
	public void checkFinished() {
		this.engine.checkFinished();
	}

	/**
	 * Ends the current {@link #work()} after the current step. The routines keep their
	 * places for the next one. Has no effect if no work is in progress.
	 */
	public void stop() {
		this.engine.stop();
	}

	/**
	 * Kills all routines and steps them until they have ended, for up to one second of
	 * the worker's time. Afterwards the scheduler rejects work. Returns within two
	 * seconds of real time, whatever the routines wait for, except for a routine that
	 * computes forever in {@link Mode#ONE_CARRIER}. Virtual threads that routines have
	 * started with the JDK go on without the worker. Idempotent.
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	@Override
	public void close() {
		this.engine.closeWithin(CLOSE_LIMIT);
		SchedulerAccess.get().killAll(this.scheduler);
		this.engine.runUntil(null, this.engine.after(CLOSE_LIMIT.toNanos()));
		this.engine.closeWithin(CLOSE_LIMIT);
		this.scheduler.drain(Duration.ZERO);
		this.engine.release();
	}

	@Override
	public String toString() {
		return "Worker[" + this.engine.name() + ", " + this.mode
				+ (this.seed.isPresent() ? ", seed " + this.seed.getAsLong() + " of " + this.strategy : "") + "]";
	}

	/** Builds a worker. Not thread-safe. */
	public static final class Builder {

		private String name = "worker";

		private OptionalLong seed = OptionalLong.empty();

		private Strategy strategy = Strategy.RANDOM;

		private Mode mode = CarrierEngine.available() ? Mode.ONE_CARRIER : Mode.BATON;

		private final GreenScheduler.Builder scheduler = GreenScheduler.builder();

		private Consumer<String> onStep = (routine) -> {
		};

		private Builder() {
		}

		/**
		 * Sets the name, the prefix of its routines' names.
		 * @param name the name; {@code worker} by default
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = Objects.requireNonNull(name, "name");
			return this;
		}

		/**
		 * Chooses the next routine at random.
		 * @param seed the seed; without one, routines take turns
		 * @return this builder
		 */
		public Builder seed(long seed) {
			this.seed = OptionalLong.of(seed);
			return this;
		}

		/**
		 * Sets how the seed determines which routine goes next.
		 * @param strategy the strategy; {@link Strategy#RANDOM} by default
		 * @return this builder
		 */
		public Builder strategy(Strategy strategy) {
			this.strategy = Objects.requireNonNull(strategy, "strategy");
			return this;
		}

		/**
		 * Sets how routines are kept from running at the same time.
		 * @param mode the mode; by default {@link Mode#ONE_CARRIER} if the JDK is open
		 * for it, and otherwise {@link Mode#BATON}
		 * @return this builder
		 * @throws IllegalStateException if the JDK is not open for this mode
		 */
		public Builder mode(Mode mode) {
			if (mode == Mode.ONE_CARRIER && !CarrierEngine.available()) {
				throw new IllegalStateException(
						"Mode ONE_CARRIER was requested, but java.lang is closed; add --add-opens java.base/java.lang=ALL-UNNAMED to the JVM's arguments, or use Mode.BATON");
			}
			this.mode = Objects.requireNonNull(mode, "mode");
			return this;
		}

		/**
		 * Sets the observer of the scheduler.
		 * @param observer the observer; none by default
		 * @return this builder
		 */
		public Builder observer(Observer observer) {
			this.scheduler.observer(observer);
			return this;
		}

		/**
		 * Sets what carries the context of callers to the threads of the scheduler.
		 * @param carrier the carrier; none by default
		 * @return this builder
		 */
		public Builder contextCarrier(ContextCarrier carrier) {
			this.scheduler.contextCarrier(carrier);
			return this;
		}

		/**
		 * Sets a listener that gets the name of the routine before each step, to record
		 * the interleaving. It is called in the order of the steps and must not wait.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder onStep(Consumer<String> listener) {
			this.onStep = Objects.requireNonNull(listener, "listener");
			return this;
		}

		/**
		 * Creates the worker.
		 * @return a new worker
		 */
		public Worker build() {
			return new Worker(this);
		}

	}

}
