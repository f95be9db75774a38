package io.greenroom.green.worker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Runs green threads step by step, in an order that is the same in every run, in a time
 * of its own: for tests, and for replaying what went wrong. A step is what a routine does
 * between two waits; between two steps nothing runs, and nothing else runs during one.
 * <p>
 * The thread that calls {@link #tick()}, {@link #work()} or another of the stepping
 * methods makes the routines go on; there is no other. Without a seed they take turns.
 * With {@linkplain Builder#seed one} the next is drawn by lot, and the same seed draws
 * the same again. Time stands still while anybody can go on, and jumps to the next timer
 * when nobody can; a round in which everybody only yields takes a microsecond, so that a
 * spinner meets its timeout.
 * <p>
 * What a worker promises depends on its {@link Mode}. In both: the same routines with the
 * same seed run in the same order, if they wait only with Greenroom's means
 * ({@link #scheduler()} and what is made from it, {@link #sleep}, {@link Parking}) and
 * nothing from outside reaches them.
 * <p>
 * The stepping methods are for one thread at a time; the others may be called by any. The
 * idea is the worker of clockwork.
 */
public final class Worker implements AutoCloseable {

	/**
	 * How long killed routines get for their clean-up, in the worker's time and in
	 * reality.
	 */
	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

	/** How routines are kept from running at the same time. */
	public enum Mode {

		/**
		 * Virtual threads that have the stepping thread as their only carrier. JDK calls
		 * that block end a step too: locks, latches, queues, futures, in the same order
		 * every time. Contended {@code synchronized}, timed waits and I/O of the JDK work
		 * as well, but they end in real time and the order is then not the same every
		 * time. The stepping thread must be a platform thread. Needs
		 * {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
		 */
		ONE_CARRIER,

		/**
		 * Ordinary virtual threads, of which only the one with the baton runs; it hands
		 * the baton on where it waits with Greenroom's means. A JDK call that blocks
		 * keeps the baton, so it must be ended by somebody outside the worker; a step
		 * that takes seconds is logged. Needs nothing.
		 */
		BATON

	}

	private final Mode mode;

	private final OptionalLong seed;

	private final WorkerEngine<?> engine;

	private final GreenScheduler scheduler;

	private Worker(Builder builder) {
		this.mode = builder.mode;
		this.seed = builder.seed;
		this.engine = switch (this.mode) {
			case ONE_CARRIER -> new CarrierEngine(builder.name, order(this.seed), builder.onStep);
			case BATON -> new BatonEngine(builder.name, order(this.seed), builder.onStep);
		};
		this.scheduler = SchedulerAccess.get().scheduler(builder.name, this.engine);
	}

	private static <S> Order<S> order(OptionalLong seed) {
		return seed.isPresent() ? new Order.ByLot<>(seed.getAsLong()) : new Order.InTurn<>();
	}

	/**
	 * Returns a builder with the defaults.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Makes a worker whose routines take turns.
	 * @return a new worker
	 */
	public static Worker create() {
		return builder().build();
	}

	/**
	 * Returns a scheduler whose green threads this worker steps. Their failures are their
	 * own, as everywhere; those of {@linkplain #assign(GreenTask) assigned} routines
	 * reach the stepper.
	 * @return the scheduler
	 */
	public GreenScheduler scheduler() {
		return this.scheduler;
	}

	/**
	 * Returns how routines are kept apart.
	 * @return the mode
	 */
	public Mode mode() {
		return this.mode;
	}

	/**
	 * Returns what the order is drawn from.
	 * @return the seed, empty if routines take turns
	 */
	public OptionalLong seed() {
		return this.seed;
	}

	/**
	 * Returns the worker's time; it begins at the epoch.
	 * @return a clock in UTC
	 */
	public Clock clock() {
		return new EngineClock(this.engine, Instant.EPOCH);
	}

	/**
	 * Puts a routine in the line. Its failure is thrown by the method that steps it; the
	 * others stay in the line.
	 * @param routine what it does
	 * @return the routine's green thread
	 * @param <T> the type of the result
	 */
	public <T> GreenThread<T> assign(Callable<? extends T> routine) {
		return assign(this.scheduler.unstarted(Objects.requireNonNull(routine, "routine")));
	}

	/**
	 * Puts a routine that returns nothing in the line.
	 * @param routine what it does
	 * @return the routine's green thread
	 * @see #assign(Callable)
	 */
	public GreenThread<Void> assign(GreenTask routine) {
		return assign(this.scheduler.unstarted(Objects.requireNonNull(routine, "routine")));
	}

	/**
	 * Puts a routine with a name in the line.
	 * @param name the routine's name
	 * @param routine what it does
	 * @return the routine's green thread
	 * @param <T> the type of the result
	 * @see #assign(Callable)
	 */
	public <T> GreenThread<T> assign(String name, Callable<? extends T> routine) {
		return assign(this.scheduler.unstarted(name, Objects.requireNonNull(routine, "routine")));
	}

	/**
	 * Puts a routine with a name that returns nothing in the line.
	 * @param name the routine's name
	 * @param routine what it does
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
			this.seed.ifPresent((drawn) -> SeedNote.addTo(failure, this.engine.name(), routine, drawn));
			this.engine.fail(failure);
		}
	}

	/**
	 * Puts a routine in the line that does something again and again: first at once, then
	 * each time the delay after the last end.
	 * @param delay how long from the end of one to the start of the next; zero lets
	 * others go first
	 * @param routine what to do
	 * @return the routine's green thread; killing it ends the repetition
	 * @throws IllegalArgumentException if the delay is negative
	 */
	public GreenThread<Void> repeat(Duration delay, GreenTask routine) {
		return assign(SchedulerAccess.get()
			.unstartedRepeat(this.scheduler, Objects.requireNonNull(delay, "delay"),
					Objects.requireNonNull(routine, "routine")));
	}

	/**
	 * Runs a routine to its end and returns its result. Called inside a routine, the
	 * caller waits as for a child; called from outside, it steps this routine and the
	 * others until this one has ended. Its failure arrives as it was thrown;
	 * {@link GreenThread#get()} says how to catch a checked one.
	 * @param routine what it does
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
		// Watched from the start: its failure is thrown here and needs no report.
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
	 * @param routine what it does
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
	 * Lets the current routine sleep; others run meanwhile.
	 * @param length how long at least, in the worker's time; zero lets others go first
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
	 * Ends the step of the current routine; the others go first.
	 * @throws java.util.concurrent.CancellationException if the routine was killed, or
	 * the time of a {@link io.greenroom.green.Timeout Timeout} round this is over; its
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
	 * Does one step of the next routine, if there is any; lets time pass if all sleep.
	 * @return whether there was one
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	public boolean tick() {
		return this.engine.step(Long.MAX_VALUE);
	}

	/**
	 * Does one step of the next routine; lets time pass if all sleep.
	 * @throws WorkerStuckException if those left wait for something that none of them
	 * will bring
	 * @throws IllegalStateException if none is left, if called inside a routine, or while
	 * another thread steps
	 */
	public void doNextTask() {
		if (!tick()) {
			this.engine.checkFinished();
			throw new IllegalStateException("Worker '" + this.engine.name()
					+ "' was asked for a step, but no routine is left; assign(...) one first, or use tick()");
		}
	}

	/**
	 * Steps until nothing is left to step, {@link #stop()} is called, a routine fails, or
	 * the calling thread is interrupted between two steps. (During a step in
	 * {@link Mode#ONE_CARRIER} the calling thread is a carrier, and the JDK drops what
	 * interrupts it.)
	 * @return whether all routines have ended; {@code false} also if those left wait for
	 * something that none of them will bring, which {@link #checkFinished()} tells of
	 * @throws IllegalStateException if called inside a routine, or while another thread
	 * steps
	 */
	public boolean work() {
		this.engine.runUntil(null, Long.MAX_VALUE);
		return !this.engine.hasLive();
	}

	/**
	 * Steps as {@link #work()} does, but for so long at most in the worker's time.
	 * Afterwards it is so much later, unless the work was stopped or failed, and what was
	 * due by then has begun.
	 * @param length how long
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
	 * Does nothing if all routines have ended; for the end of a test.
	 * @throws WorkerStuckException if any is left, with its stack trace
	 */
	public void checkFinished() {
		this.engine.checkFinished();
	}

	/**
	 * Ends the current {@link #work()} after the current step; the routines keep their
	 * places for the next. Without any work going on it does nothing.
	 */
	public void stop() {
		this.engine.stop();
	}

	/**
	 * Kills all routines and steps them until they have ended, a second of the worker's
	 * time at most. Afterwards the scheduler rejects work. Returns after two seconds of
	 * real time at most, whatever the routines wait for; only one that computes for ever
	 * in {@link Mode#ONE_CARRIER} can't be left. Idempotent.
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
	}

	@Override
	public String toString() {
		return "Worker[" + this.engine.name() + ", " + this.mode
				+ (this.seed.isPresent() ? ", seed " + this.seed.getAsLong() : "") + "]";
	}

	/** Settings of a worker. Not safe for use by several threads. */
	public static final class Builder {

		private String name = "worker";

		private OptionalLong seed = OptionalLong.empty();

		private Mode mode = CarrierEngine.available() ? Mode.ONE_CARRIER : Mode.BATON;

		private Consumer<String> onStep = (routine) -> {
		};

		private Builder() {
		}

		/**
		 * Sets the name, the prefix of its routines' names.
		 * @param name the name; {@code worker} unless set
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = Objects.requireNonNull(name, "name");
			return this;
		}

		/**
		 * Lets a lot decide who is next.
		 * @param seed what the lots are drawn from; without one, routines take turns
		 * @return this builder
		 */
		public Builder seed(long seed) {
			this.seed = OptionalLong.of(seed);
			return this;
		}

		/**
		 * Sets how routines are kept apart.
		 * @param mode the mode; {@link Mode#ONE_CARRIER} unless set, where the JDK is
		 * open for it, else {@link Mode#BATON}
		 * @return this builder
		 * @throws IllegalStateException if the JDK is not open for this mode
		 */
		public Builder mode(Mode mode) {
			if (mode == Mode.ONE_CARRIER && !CarrierEngine.available()) {
				throw new IllegalStateException(
						"Mode ONE_CARRIER was asked for, but java.lang is closed; add --add-opens java.base/java.lang=ALL-UNNAMED to the JVM's arguments, or use Mode.BATON");
			}
			this.mode = Objects.requireNonNull(mode, "mode");
			return this;
		}

		/**
		 * Sets who is told the name of the routine before each step, to record the
		 * interleaving. It is called in the order of the steps and must not wait.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder onStep(Consumer<String> listener) {
			this.onStep = Objects.requireNonNull(listener, "listener");
			return this;
		}

		/**
		 * Makes the worker.
		 * @return a new worker
		 */
		public Worker build() {
			return new Worker(this);
		}

	}

}
