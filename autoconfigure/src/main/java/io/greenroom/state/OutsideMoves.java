package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The moves that are requested from outside: by another thread, another machine's body,
 * or a state's timeout.
 */
final class OutsideMoves {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final MachineServices services;

	private final Bodies bodies;

	OutsideMoves(MachineServices services, Bodies bodies) {
		this.services = services;
		this.bodies = bodies;
	}

	/**
	 * Moves a machine.
	 * @param expected the only stay that may be left; {@code null} for any
	 */
	void move(MoveSteps steps, StateSpec to, @Nullable Object[] args, @Nullable StateActivation expected) {
		Move outer = steps.move();
		try {
			askFromOutside(steps, to, args, expected);
		}
		catch (Throwable failure) {
			this.bodies.releaseUnless(steps, outer, failure);
			throw failure;
		}
	}

	private void askFromOutside(MoveSteps steps, StateSpec to, @Nullable Object[] args,
			@Nullable StateActivation expected) {
		Move mine = claimFromOutside(steps, to, args, expected);
		if (mine == null) {
			return;
		}
		Journal journal = steps.journal();
		StateMove made;
		if (journal != null) {
			made = makeKept(steps, mine, journal);
		}
		else {
			steps.runOnStart(mine);
			made = makeFromOutside(steps, mine);
		}
		if (made == null) {
			return;
		}
		steps.announce(mine, made);
		Throwable rejected = this.bodies.start(steps, mine.next);
		if (rejected != null) {
			throw Failures.rethrow(rejected);
		}
	}

	/** Returns the move that was made, or {@code null} if a body must make way first. */
	private @Nullable StateMove makeFromOutside(MoveSteps steps, Move mine) {
		Instant now = this.services.now();
		steps.position().lock();
		try {
			rejectCancelled(steps, mine);
			if (steps.position().status() == Status.RUNNING) {
				makeWay(steps, mine);
				return null;
			}
			return steps.commit(mine, (mine.keptSince != null) ? mine.keptSince : now);
		}
		finally {
			steps.position().unlock();
		}
	}

	/**
	 * Stores a move before it is made, unless a body must make way first; returns the
	 * move that was made. Because the move belongs to this thread, a machine at rest
	 * stays there meanwhile.
	 */
	private @Nullable StateMove makeKept(MoveSteps steps, Move mine, Journal journal) {
		boolean held = false;
		boolean kept = false;
		try {
			if (steps.position().status() != Status.RUNNING) {
				hold(steps, mine, journal);
				held = true;
			}
			steps.runOnStart(mine);
			if (makesWay(steps, mine, journal)) {
				return null;
			}
			if (!held) {
				hold(steps, mine, journal);
				held = true;
			}
			mine.keptSince = journal.enter(mine, this.services.now());
			kept = true;
			return makeFromOutside(steps, mine);
		}
		catch (Throwable failure) {
			keepStop(steps, mine, journal);
			throw failure;
		}
		finally {
			if (held) {
				journal.letGo(kept);
			}
		}
	}

	private void hold(MoveSteps steps, Move mine, Journal journal) {
		journal.hold(this.services.stopTimeout(), steps.machine().name(), mine.next.state());
	}

	private boolean makesWay(MoveSteps steps, Move mine, Journal journal) {
		steps.position().lock();
		try {
			rejectCancelled(steps, mine);
			boolean running = steps.position().status() == Status.RUNNING;
			if (running) {
				mine.requester = journal.requester();
				makeWay(steps, mine);
			}
			return running;
		}
		finally {
			steps.position().unlock();
		}
	}

	/**
	 * Stores a stop. A thread that stopped the machine meanwhile has left that to this
	 * thread.
	 */
	private void keepStop(MoveSteps steps, Move mine, Journal journal) {
		if (mine.cancelled && mine.from != null && !journal.isReleased() && !journal.isLost()) {
			try {
				journal.settle(Status.STOPPED, null);
			}
			catch (Throwable failure) {
				Failures.log(log, Level.ERROR, failure, "{} was stopped, which could not be stored",
						steps.machine().name());
			}
		}
	}

	/** Called under the lock. */
	private static void rejectCancelled(MoveSteps steps, Move mine) {
		if (mine.cancelled || (mine.from != null && steps.position().isEnd())) {
			throw IllegalTransitionException.endedMeanwhile(steps.machine().name(), steps.machine().current(),
					mine.next.state(), steps.position().status());
		}
	}

	/** Returns the move, or {@code null} if the machine has left the expected stay. */
	private @Nullable Move claimFromOutside(MoveSteps steps, StateSpec to, @Nullable Object[] args,
			@Nullable StateActivation expected) {
		IllegalTransitionException rejection;
		steps.position().lock();
		try {
			steps.rejectWithinMove(to);
			boolean free = steps.isFree() || steps.await(steps::isFree, this.services.stopTimeout(), to);
			StateActivation active = steps.position().active();
			if (expected != null && (expected != active || this.services.isClosed())) {
				return null;
			}
			if (!free) {
				throw busyFor(steps, to);
			}
			this.services.rejectWhenClosed(steps.machine().name(), to.name());
			List<String> legal = steps.table()
				.legal((active != null) ? active.spec() : null, steps.position().status() == Status.DONE);
			if (legal.contains(to.name())) {
				Move mine = steps.claim(active, to, args, false);
				mine.timedOut = (expected != null);
				return mine;
			}
			rejection = (active != null)
					? IllegalTransitionException.undeclared(steps.machine().name(), active.state(), to.name(), legal)
					: IllegalTransitionException.notInitial(steps.machine().name(), steps.machine().current(),
							steps.position().status(), steps.position().failure(), to.name(), legal);
		}
		finally {
			steps.position().unlock();
		}
		rejectLost(steps, to, args);
		throw steps.rejected(rejection);
	}

	/** What a machine allows that is no longer used is of no importance. */
	private static void rejectLost(MoveSteps steps, StateSpec to, @Nullable Object[] args) {
		Journal journal = steps.journal();
		if (journal != null && journal.isLost()) {
			journal.check(to, args);
		}
	}

	/** Called under the lock. */
	private void makeWay(MoveSteps steps, Move mine) {
		// The move belongs to this thread, which must release it, until everything is in
		// progress.
		mine.limitedBy(this.services.deadlines()
			.arm(steps.machine().name(), this.services.stopTimeout(), mine, this.services.abandoned()));
		Objects.requireNonNull(steps.position().run()).interrupt();
		mine.await();
		steps.position().signal();
	}

	private IllegalStateException busyFor(MoveSteps steps, StateSpec to) {
		return new IllegalStateException(
				"%s could not move to '%s' within %s, because another move or a stop of '%s' takes longer; let its body react to interrupts, or raise the stop timeout"
					.formatted(steps.machine().name(), to.name(), this.services.stopTimeout(),
							steps.machine().current()));
	}

	/** Gives up a move whose old body does not end. */
	void abandon(MoveSteps steps, Move late) {
		StateActivation stays = Objects.requireNonNull(late.from);
		Duration pause;
		steps.position().lock();
		try {
			if (steps.move() != late || stays.isEnded() || !stays.isStarted()) {
				// A body that has not begun never will, and makes way at once.
				return;
			}
			stays.withdrawInterrupt();
			steps.release();
			pause = late.timedOut ? steps.watchAgain(stays) : null;
		}
		finally {
			steps.position().unlock();
		}
		log.warn(
				"{} stays in '{}' and does not move to '{}': its body has not ended within {} of being interrupted;"
						+ " let it react to interrupts, or raise the stop timeout{}",
				steps.machine().name(), stays.state(), late.next.state(), this.services.stopTimeout(), again(pause));
		this.services.listeners().abandoned(steps.machine(), stays.state(), late.next.state());
	}

	/** Moves a machine whose stay in a state has taken too long. */
	void timedOut(MoveSteps steps, StateActivation late) {
		StateSpec to = steps.table().state(Objects.requireNonNull(late.spec().onTimeout()));
		try {
			move(steps, to, new Object[0], late);
		}
		catch (Throwable failed) {
			Journal journal = steps.journal();
			if (journal != null && journal.isLost()) {
				// Another node has moved it, or this node starts it again from its stored
				// state.
				log.debug("{} was not moved from '{}' by its timeout here", steps.machine().name(), late.state(),
						failed);
				return;
			}
			Duration pause = watchAgainLocked(steps, late);
			if (pause != null) {
				Failures.log(log, Level.WARN, failed, "{} stays in '{}': its timeout could not move it to '{}'{}",
						steps.machine().name(), late.state(), to.name(), again(pause));
			}
			// Otherwise the machine has left the state, which has been reported
			// elsewhere.
		}
	}

	private @Nullable Duration watchAgainLocked(MoveSteps steps, StateActivation late) {
		steps.position().lock();
		try {
			return steps.watchAgain(late);
		}
		finally {
			steps.position().unlock();
		}
	}

	private static String again(@Nullable Duration pause) {
		return (pause != null) ? "; its timeout tries again in " + Durations.format(pause) : "";
	}

}
