package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import io.greenroom.green.GreenThreadKilledException;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Starts the bodies of machines, and decides what follows their end.
 */
final class Bodies {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final MachineServices services;

	private final Starter starter;

	private final KeptEnds keptEnds;

	Bodies(MachineServices services, Starter starter) {
		this.services = services;
		this.keptEnds = new KeptEnds(services);
		this.starter = starter;
	}

	/**
	 * Starts a body on a thread of its own; returns the cause if it could not be started.
	 */
	@Nullable Throwable start(MoveSteps steps, StateActivation next) {
		Throwable why = null;
		StateActivation starting = next;
		while (starting != null) {
			try {
				this.starter.start(steps, starting);
				return why;
			}
			catch (Throwable rejected) {
				if (!giveUp(steps, starting)) {
					return why;
				}
				// The scheduler shuts down, or there is no memory for a thread. No thread
				// may wait forever. A move from outside may have come meanwhile, and is
				// made now.
				why = (why != null) ? why : rejected;
				starting = finish(steps, starting, rejected);
			}
		}
		return why;
	}

	/** Returns whether the body will not begin, although its thread may exist. */
	private boolean giveUp(MoveSteps steps, StateActivation next) {
		steps.position().lock();
		try {
			return next.giveUp();
		}
		finally {
			steps.position().unlock();
		}
	}

	/**
	 * Starts a body on a thread of its own, because the kill of the previous thread was
	 * not meant for it, unless everything ends.
	 */
	void startAfterKill(MoveSteps steps, StateActivation next) {
		if (this.services.isClosed()) {
			stopUnbegun(steps, next);
		}
		else {
			start(steps, next);
		}
	}

	/** Stops the machine; see {@link StateMachine#stop()}. */
	void stop(MoveSteps steps) {
		StackRoom.check();
		Journal journal = steps.journal();
		if (journal != null && !journal.isReleased() && stopKept(steps, journal)) {
			return;
		}
		StateActivation rested;
		steps.position().lock();
		try {
			Move current = steps.move();
			if (current != null) {
				current.cancelled = true;
			}
			rested = (steps.position().status() == Status.RESTING) ? steps.position().run() : null;
			if (rested != null) {
				steps.position().settle(Status.STOPPED, null);
			}
			else if (steps.position().status() == Status.RUNNING) {
				Objects.requireNonNull(steps.position().run()).stop();
			}
			steps.position().signal();
		}
		finally {
			steps.position().unlock();
		}
		if (rested != null) {
			steps.settled();
			this.services.listeners()
				.ended(steps.machine(), rested.state(), rested.spent(this.services.nanoTime()), null);
		}
	}

	/**
	 * Stops a persistent machine at rest; returns {@code false} if it does not rest, or
	 * if a thread that moves it will stop it.
	 */
	private boolean stopKept(MoveSteps steps, Journal journal) {
		StateActivation rested;
		steps.position().lock();
		try {
			rested = steps.position().active();
			if (rested == null || steps.position().status() != Status.RESTING || steps.isMoving()) {
				return false;
			}
			steps.claim(rested, rested.spec(), new Object[0], false);
		}
		finally {
			steps.position().unlock();
		}
		boolean kept = false;
		try {
			keepStopped(steps, journal);
			kept = true;
		}
		finally {
			steps.position().lock();
			try {
				if (kept) {
					steps.position().settle(Status.STOPPED, null);
				}
				steps.release();
			}
			finally {
				steps.position().unlock();
			}
		}
		steps.settled();
		this.services.listeners().ended(steps.machine(), rested.state(), rested.spent(this.services.nanoTime()), null);
		return true;
	}

	private void keepStopped(MoveSteps steps, Journal journal) {
		journal.hold(this.services.stopTimeout(), steps.machine().name(), "its end");
		boolean kept = false;
		try {
			journal.settle(Status.STOPPED, null);
			kept = true;
		}
		finally {
			journal.letGo(kept);
		}
	}

	/** Resumes what was in progress before this process. */
	void resume(MoveSteps steps) {
		Journal journal = steps.journal();
		if (journal == null || !journal.resumes()) {
			return;
		}
		Duration left = journal.left(this.services.now());
		StateActivation stay;
		boolean running;
		steps.position().lock();
		try {
			stay = steps.position().active();
			running = steps.position().status() == Status.RUNNING;
			if (stay == null) {
				return;
			}
			if (left != null && stay.spec().timeout() != null) {
				steps.watch(stay, left);
			}
		}
		finally {
			steps.position().unlock();
		}
		if (running) {
			start(steps, stay);
		}
	}

	/**
	 * Puts a machine into a state without a move: no {@code onStart} is called and no
	 * listener is told. Its timeout begins.
	 * @param run whether its body runs
	 */
	void put(MoveSteps steps, StateSpec state, @Nullable Object[] args, boolean run) {
		StateActivation stay = new StateActivation(steps.machine(), state, args);
		stay.enteredAt(this.services.now(), this.services.nanoTime());
		if (!run) {
			stay.endedBefore();
		}
		steps.position().lock();
		try {
			StateActivation before = steps.position().run();
			if (steps.isMoving() || steps.position().status() == Status.RUNNING) {
				throw new IllegalStateException(
						"%s cannot be put into '%s' while it is moving or a body runs in it (%s); wait for its rest, or stop it and wait for its end"
							.formatted(steps.machine().name(), state.name(),
									(before != null) ? before.state() : "not started"));
			}
			if (before != null) {
				before.cancelTimer();
			}
			steps.restore(stay, run ? Status.RUNNING : state.terminal() ? Status.DONE : Status.RESTING, null);
			if (state.timeout() != null) {
				steps.watch(stay, state.timeout());
			}
		}
		finally {
			steps.position().unlock();
		}
		Throwable rejected = run ? start(steps, stay) : null;
		if (rejected != null) {
			throw Failures.rethrow(rejected);
		}
		steps.settled();
	}

	private void stopUnbegun(MoveSteps steps, StateActivation mine) {
		steps.position().lock();
		try {
			if (mine.isEnded()) {
				return;
			}
			mine.stop();
		}
		finally {
			steps.position().unlock();
		}
		finish(steps, mine, null);
	}

	/**
	 * Called when the thread has ended. The last stay has not ended if its body could not
	 * begin.
	 */
	void threadEnded(MoveSteps steps, StateActivation last, @Nullable Throwable why) {
		if (last.isEnded() || last.isGivenUp()) {
			return;
		}
		if (why == null || why instanceof GreenThreadKilledException || why instanceof SchedulerClosedException) {
			stopUnbegun(steps, last);
			return;
		}
		StateActivation after = finish(steps, last, why);
		if (after != null) {
			start(steps, after);
		}
	}

	/**
	 * Ends a body: makes the move that waits for it, or comes to rest or to an end.
	 * Returns what must run next.
	 */
	@Nullable StateActivation finish(MoveSteps steps, StateActivation mine, @Nullable Throwable thrown) {
		// All user code comes first, because none of it may run under the lock.
		Throwable error = (thrown != null && mine.isUnwoundBy(thrown)) ? null : thrown;
		boolean interrupted = error != null && isInterrupt(error);
		Instant now = this.services.now();
		Status settled = null;
		Throwable failure = null;
		Move next;
		StateMove made = null;
		steps.position().lock();
		try {
			if (mine.isEnded()) {
				return null;
			}
			mine.end();
			Journal journal = steps.journal();
			if (journal != null) {
				this.keptEnds.keep(steps, journal, mine, new End(steps, mine, error, interrupted));
			}
			next = waitingFor(steps, mine, error);
			if (next != null) {
				made = steps.commit(next, (next.keptSince != null) ? next.keptSince : now);
			}
			else {
				settled = settle(steps, mine, error, interrupted);
				failure = steps.position().failure();
			}
		}
		catch (Throwable shortage) {
			// For lack of memory. All waiting threads are told, so that none waits
			// forever.
			next = null;
			steps.release();
			settled = Status.FAILED;
			failure = shortage;
			steps.position().settle(settled, failure);
		}
		finally {
			steps.position().unlock();
		}
		if (next != null && made != null) {
			if (error != null && !interrupted) {
				Failures.log(log, Level.WARN, error, "{} leaves '{}' for '{}', and its body failed on the way",
						steps.machine().name(), made.from(), made.to());
			}
			steps.announce(next, made);
			return next.next;
		}
		steps.settled();
		if (error == null && (settled == Status.RESTING || settled == Status.DONE)) {
			this.services.listeners().completed(steps.machine(), mine.state());
		}
		if (error != null && settled == Status.RESTING) {
			Failures.log(log, Level.WARN, error,
					"{} rests in '{}': its body was ended by an interrupt for a move that had been given up",
					steps.machine().name(), mine.state());
		}
		if (settled != null && settled.isEnd()) {
			this.services.listeners()
				.ended(steps.machine(), mine.state(), mine.spent(this.services.nanoTime()), failure);
		}
		return null;
	}

	/** What follows the end of a body. */
	private final class End implements KeptEnds.Plan {

		private final MoveSteps steps;

		private final StateActivation mine;

		private final @Nullable Throwable error;

		private final boolean interrupted;

		End(MoveSteps steps, StateActivation mine, @Nullable Throwable error, boolean interrupted) {
			this.steps = steps;
			this.mine = mine;
			this.error = error;
			this.interrupted = interrupted;
		}

		@Override
		public @Nullable Throwable error() {
			return this.error;
		}

		@Override
		public @Nullable Move next() {
			return waitingFor(this.steps, this.mine, this.error);
		}

		@Override
		public Status outcome() {
			return Bodies.this.outcome(this.mine, this.error, this.interrupted);
		}

	}

	/** Returns the move that waits for the body's end, if it can still be made. */
	private @Nullable Move waitingFor(MoveSteps steps, StateActivation mine, @Nullable Throwable error) {
		Move waiting = steps.move();
		if (waiting == null || !waiting.ready || mine.stopping() || (waiting.own && error != null)) {
			return null;
		}
		return waiting;
	}

	/** Comes to rest or to an end, and returns which. Called under the lock. */
	private Status settle(MoveSteps steps, StateActivation mine, @Nullable Throwable error, boolean interrupted) {
		Move current = steps.move();
		if (current != null && (current.ready || current.own)) {
			// A move of the body itself may not be ready, if its stack has overflowed.
			steps.release();
		}
		Status settled = outcome(mine, error, interrupted);
		steps.position().settle(settled, (settled == Status.FAILED) ? error : null);
		if (settled == Status.RESTING && mine.isOverdue() && !this.services.isClosed()) {
			// The body that delayed the timeout is gone.
			steps.watch(mine, Duration.ZERO);
		}
		return settled;
	}

	private Status outcome(StateActivation mine, @Nullable Throwable error, boolean interrupted) {
		if (mine.stopping() || (interrupted && this.services.isClosed())
				|| (error instanceof SchedulerClosedException && !mine.isStarted())) {
			return Status.STOPPED;
		}
		if (error == null) {
			return mine.spec().terminal() ? Status.DONE : Status.RESTING;
		}
		// The body may have been interrupted for a move that was given up since.
		return (interrupted && mine.isInterruptWithdrawn()) ? Status.RESTING : Status.FAILED;
	}

	/** Returns whether the body only followed a request to end. */
	static boolean isInterrupt(Throwable thrown) {
		for (Throwable link : Failures.causes(thrown)) {
			if (link instanceof InterruptedException || link instanceof SchedulerClosedException) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Ends a move of this thread, whatever has gone wrong, but not an enclosing move. If
	 * the state has changed already, its body, which will never start, has failed.
	 */
	void releaseUnless(MoveSteps steps, @Nullable Move outer, Throwable failure) {
		StateActivation entered = null;
		steps.position().lock();
		try {
			Move left = steps.move();
			if (left != null && left != outer && left.isPartOf(Thread.currentThread())) {
				if (left.isLimited() && left.from != null) {
					left.from.withdrawInterrupt();
				}
				steps.release();
				entered = (steps.position().run() == left.next && left.next.giveUp()) ? left.next : null;
			}
		}
		finally {
			steps.position().unlock();
		}
		if (entered != null) {
			StateActivation after = finish(steps, entered, failure);
			if (after != null) {
				start(steps, after);
			}
		}
	}

	/** Starts the thread of a body. */
	interface Starter {

		void start(MoveSteps steps, StateActivation first);

	}

}
