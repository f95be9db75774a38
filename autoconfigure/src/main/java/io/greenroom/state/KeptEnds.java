package io.greenroom.state;

import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Stores the outcome of bodies before it takes effect. */
final class KeptEnds {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final MachineServices services;

	KeptEnds(MachineServices services) {
		this.services = services;
	}

	/**
	 * Stores the outcome of a body. Checks again afterwards, because the machine may have
	 * been stopped meanwhile, or a move may have been requested. Called under the lock,
	 * which it releases meanwhile; no other thread treats the stay as lasting.
	 */
	void keep(MoveSteps steps, Journal journal, StateActivation mine, Plan plan) {
		boolean kept = false;
		while (!kept) {
			if (journal.isLost()) {
				lose(steps, mine, plan.error());
				return;
			}
			Move next = plan.next();
			Status settled = (next == null) ? plan.outcome() : null;
			boolean[] done = new boolean[1];
			steps.unlocked(() -> done[0] = keep(steps, journal, next, settled, plan.error()));
			if (!done[0] && !journal.isLost()) {
				if (next == null) {
					lose(steps, mine, plan.error());
					return;
				}
				steps.release();
				continue;
			}
			kept = !journal.isLost() && plan.next() == next && (next != null || plan.outcome() == settled);
		}
	}

	/** Returns whether it was stored. */
	private boolean keep(MoveSteps steps, Journal journal, @Nullable Move next, @Nullable Status settled,
			@Nullable Throwable error) {
		try {
			if (next != null && next.keptSince == null) {
				next.keptSince = journal.enter(next, this.services.now());
			}
			else if (settled != null && !(settled == Status.STOPPED && isEndOfProcess(journal))) {
				journal.settle(settled, (settled == Status.FAILED) ? error : null);
			}
			return true;
		}
		catch (Throwable failure) {
			// Perhaps by another node's timer, which has won.
			Level level = (next != null && next.timedOut && journal.isLost()) ? Level.DEBUG : Level.ERROR;
			Failures.log(log, level, failure, "{} could not be stored {}", steps.machine().name(),
					(next != null) ? "in '" + next.next.state() + "', and does not move there"
							: "in '" + steps.machine().current() + "' (" + settled + ")");
			return false;
		}
	}

	/**
	 * Returns whether the body must run again in another process, or from another object.
	 */
	private boolean isEndOfProcess(Journal journal) {
		return journal.isReleased() || this.services.isClosed();
	}

	/**
	 * Ends the machine here, because another node has it, or because it will start again
	 * from its stored state.
	 */
	private static void lose(MoveSteps steps, StateActivation mine, @Nullable Throwable error) {
		mine.stop();
		if (error != null) {
			Failures.log(log, Level.WARN, error,
					"{} ends in '{}' here, and continues from its stored state, because it was moved elsewhere, or its stored state is unknown",
					steps.machine().name(), mine.state());
		}
	}

	/** The outcome of a body as known now. Called under the lock. */
	interface Plan {

		/** Returns the failure of the body. */
		@Nullable Throwable error();

		/** Returns the move to make. */
		@Nullable Move next();

		/** Returns what becomes of the machine without a move. */
		Status outcome();

	}

}
