package io.greenroom.state;

import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Has what comes of the end of bodies kept, before it does. */
final class KeptEnds {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final MachineServices services;

	KeptEnds(MachineServices services) {
		this.services = services;
	}

	/**
	 * Keeps what comes of the end of a body. Looks again after that: the machine may have
	 * been stopped meanwhile, or somebody has asked for a move. Called under the lock,
	 * which it gives back meanwhile; nobody else takes the stay for one that lasts.
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

	/** Returns whether it was kept. */
	private boolean keep(MoveSteps steps, Journal journal, @Nullable Move next, @Nullable Status settled,
			@Nullable Throwable error) {
		try {
			if (next != null && next.keptSince == null) {
				next.keptSince = journal.enter(next.next, this.services.now());
			}
			else if (settled != null && !(settled == Status.STOPPED && isEndOfProcess(journal))) {
				journal.settle(settled, (settled == Status.FAILED) ? error : null);
			}
			return true;
		}
		catch (Throwable failure) {
			// By another node's timer perhaps, which has won.
			Level level = (next != null && next.timedOut && journal.isLost()) ? Level.DEBUG : Level.ERROR;
			Failures.log(log, level, failure, "{} could not be kept {}", steps.machine().name(),
					(next != null) ? "in '" + next.next.state() + "', and does not move there"
							: "in '" + steps.machine().current() + "' (" + settled + ")");
			return false;
		}
	}

	/** The body is to run again in another process, or from another object. */
	private boolean isEndOfProcess(Journal journal) {
		return journal.isReleased() || this.services.isClosed();
	}

	/** Ends here: somebody else has it, or it will begin anew from what is kept. */
	private static void lose(MoveSteps steps, StateActivation mine, @Nullable Throwable error) {
		mine.stop();
		if (error != null) {
			Failures.log(log, Level.WARN, error,
					"{} ends in '{}' here, and goes on from what is kept, as somebody else has moved it, or it is not known where it is",
					steps.machine().name(), mine.state());
		}
	}

	/** What comes of a body's end by what is known now. Asked under the lock. */
	interface Plan {

		/** Returns what the body failed with. */
		@Nullable Throwable error();

		/** Returns the move to make. */
		@Nullable Move next();

		/** Returns what becomes of the machine without a move. */
		Status outcome();

	}

}
