package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What the machines of one {@link StateMachines} share: its settings, the time, timers,
 * listeners and threads.
 */
final class MachineServices {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	/**
	 * Resolved before anything is claimed; static, because no timer may refer to its
	 * machine.
	 */
	private static final Consumer<Move> ABANDONED = MachineServices::abandon;

	private static final Consumer<StateActivation> TIME_IS_OVER = MachineServices::timedOut;

	private final GreenScheduler scheduler;

	private final Engine engine;

	private final Duration stopTimeout;

	private final int historySize;

	private final ForeignCode.Question<Instant> clock;

	private final @Nullable StateBoundary boundary;

	private final StateListeners listeners;

	private final StateTimers deadlines;

	/** Set once, by the drain or by close. */
	private volatile boolean closed;

	MachineServices(GreenScheduler scheduler, Duration stopTimeout, int historySize, InstantSource clock,
			@Nullable StateBoundary boundary, StateListeners listeners) {
		this.scheduler = scheduler;
		this.stopTimeout = stopTimeout;
		this.historySize = historySize;
		this.clock = clock::instant;
		this.engine = SchedulerAccess.get().engine(scheduler);
		this.boundary = boundary;
		this.listeners = listeners;
		this.deadlines = new StateTimers(scheduler);
	}

	private static void abandon(Move late) {
		moving(late.next).abandon(late);
	}

	private static void timedOut(StateActivation late) {
		moving(late).timedOut(late);
	}

	/** A stay refers to its machine by the public type. */
	private static MovingMachine moving(StateActivation stay) {
		return (MovingMachine) stay.machine();
	}

	/** Returns the action for a move that has waited too long for the old body to end. */
	Consumer<Move> abandoned() {
		return ABANDONED;
	}

	/** Returns the action for a stay whose timeout has expired. */
	Consumer<StateActivation> timeIsOver() {
		return TIME_IS_OVER;
	}

	/** Accepts no more moves from outside, and ends the timers. Idempotent. */
	void close() {
		this.closed = true;
		this.deadlines.close();
	}

	boolean isClosed() {
		return this.closed;
	}

	void rejectWhenClosed(String machine, String to) {
		if (this.closed) {
			throw new IllegalStateException(
					"%s can't move to '%s': the application is shutting down and accepts no more moves"
						.formatted(machine, to));
		}
	}

	Duration stopTimeout() {
		return this.stopTimeout;
	}

	@Nullable StateBoundary boundary() {
		return this.boundary;
	}

	int historySize() {
		return this.historySize;
	}

	/**
	 * Returns the time of day by the user's clock. Must not be called under a lock.
	 */
	Instant now() {
		Instant told = ForeignCode.<@Nullable Instant>ask(log, "The clock of state machines", null, this.clock);
		return (told != null) ? told : this.engine.clock().instant();
	}

	/** Returns the monotonic time for measuring durations, in nanoseconds. */
	long nanoTime() {
		return this.scheduler.nanoTime();
	}

	/**
	 * Rejects a wait for a machine that would never end.
	 * @throws IllegalStateException if the current thread is the one that steps the
	 * threads of bodies
	 */
	void checkMayWait(String machine) {
		this.engine.checkMayWait("wait for", machine);
	}

	StateListeners listeners() {
		return this.listeners;
	}

	StateTimers deadlines() {
		return this.deadlines;
	}

	/** Starts a thread for bodies. If that fails, only the caller tells them. */
	<B extends Callable<Object> & Consumer<GreenThread<Object>>> void start(String name, B bodies) {
		GreenThread<Object> thread = this.scheduler.unstarted(name, bodies);
		thread.start();
		try {
			thread.link(bodies);
		}
		catch (Throwable shortage) {
			// It runs nevertheless; only a kill before its first step goes unnoticed.
			Failures.log(log, Level.WARN, shortage, "The end of the thread of {} can't be watched", name);
		}
	}

}
