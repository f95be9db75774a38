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
 * The bodies of machines: their threads' start, their end, and what comes of it.
 */
final class Bodies {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final MachineServices services;

	private final Starter starter;

	Bodies(MachineServices services, Starter starter) {
		this.services = services;
		this.starter = starter;
	}

	/**
	 * Starts a body on a thread of its own; returns why it could not be started, if it
	 * could not.
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
				// At shutdown, or no memory for a thread: nobody may wait for ever. A
				// move from outside may have come meanwhile, and is made now.
				why = (why != null) ? why : rejected;
				starting = finish(steps, starting, rejected);
			}
		}
		return why;
	}

	/** Returns whether the body will not begin, though its thread may be there. */
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
	 * Starts a body on a thread of its own, for the kill of the last one was not meant
	 * for it; unless everything ends.
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

	private void stopUnbegun(MoveSteps steps, StateActivation mine) {
		steps.position().lock();
		try {
			if (mine.ended()) {
				return;
			}
			mine.stop();
		}
		finally {
			steps.position().unlock();
		}
		finish(steps, mine, null);
	}

	/** The thread has ended; the last stay has not if its body could not begin. */
	void threadEnded(MoveSteps steps, StateActivation last, @Nullable Throwable why) {
		if (last.ended() || last.isGivenUp()) {
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
	 * The body has ended: make the move that waits for it, or rest, or end. Returns what
	 * is to run next.
	 */
	@Nullable StateActivation finish(MoveSteps steps, StateActivation mine, @Nullable Throwable thrown) {
		// All that is the user's comes first: under the lock none of it is asked.
		Throwable error = (thrown != null && mine.isUnwoundBy(thrown)) ? null : thrown;
		boolean interrupted = error != null && isInterrupt(error);
		Instant now = this.services.now();
		Status settled = null;
		Throwable failure = null;
		Move next;
		StateMove made = null;
		steps.position().lock();
		try {
			if (mine.ended()) {
				return null;
			}
			mine.end();
			next = waitingFor(steps, mine, error);
			if (next != null) {
				made = steps.commit(next, now);
			}
			else {
				settled = settle(steps, mine, error, interrupted);
				failure = steps.position().failure();
			}
		}
		catch (Throwable shortage) {
			// Of memory: all waiting threads are told, rather than wait for ever.
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
					"{} rests in '{}': an interrupt ended its body that was meant for a move which had been given up",
					steps.machine().name(), mine.state());
		}
		if (settled != null && settled.isEnd()) {
			this.services.listeners()
				.ended(steps.machine(), mine.state(), mine.spent(this.services.nanoTime()), failure);
		}
		return null;
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
			// One of the body's own may not have come as far, if its stack ended.
			steps.release();
		}
		Status settled = outcome(mine, error, interrupted);
		steps.position().settle(settled, (settled == Status.FAILED) ? error : null);
		if (settled == Status.RESTING && mine.isOverdue() && !this.services.isClosed()) {
			// The body that held its timeout up is gone.
			steps.watch(mine, Duration.ZERO);
		}
		return settled;
	}

	private Status outcome(StateActivation mine, @Nullable Throwable error, boolean interrupted) {
		if (mine.stopping() || (interrupted && this.services.isClosed())
				|| (error instanceof SchedulerClosedException && !mine.started())) {
			return Status.STOPPED;
		}
		if (error == null) {
			return mine.spec().terminal() ? Status.DONE : Status.RESTING;
		}
		// What interrupted the body may have been a move that was given up since.
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
	 * Ends a move of this thread, whatever has gone wrong on its way, but not one that
	 * this was called in. If the state has changed already, the body that nobody will
	 * start has failed.
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
