package io.greenroom.spring.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.deferred.InTransaction;
import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Handles moves that are requested in a transaction. The machine moves whether or not the
 * transaction commits, and the new body does not see what the transaction has written.
 */
final class MovesInTransaction {

	private static final Logger log = LoggerFactory.getLogger(StateMachines.class);

	private static final StackWalker WALKER = StackWalker.getInstance();

	/**
	 * The maximum number of known places, so that generated code cannot exhaust the
	 * memory.
	 */
	private static final int MOST_PLACES = 1000;

	private static final String WHY = "the machine moves at once, on another thread and outside that transaction, and stays moved if it rolls back";

	private static final String REMEDIES = "ask for the move with stateMachines.afterCommit(() -> ...), or after the transaction";

	private static final Set<String> OWN = Set.of(MovesInTransaction.class.getName(), SpringBoundary.class.getName(),
			TransactionBoundary.class.getName(), StateAdvice.class.getName(), AskingGuards.class.getName());

	private final InTransaction rule;

	private final Set<String> places = ConcurrentHashMap.newKeySet();

	MovesInTransaction(InTransaction rule) {
		this.rule = rule;
	}

	void check(StateMachine machine, String to) {
		if (this.rule == InTransaction.ALLOW || !AfterCommit.isActive()) {
			return;
		}
		if (this.rule == InTransaction.FAIL) {
			throw new IllegalStateException(
					"%s was asked in a transaction to move to '%s', which was rejected: %s; %s, or set greenroom.state.in-transaction%s"
						.formatted(machine.name(), to, WHY, REMEDIES, remark()));
		}
		String place = place();
		if (this.places.size() < MOST_PLACES && this.places.add(to + " " + place)) {
			log.warn(
					"{} is asked in a transaction to move to '{}' at {}: {}; {}{}. (Logged once for each place; greenroom.state.in-transaction=allow turns this off)",
					machine.name(), to, place, WHY, REMEDIES, remark());
		}
	}

	boolean afterCommit(Runnable moves) {
		if (!AfterCommit.isActive()) {
			return false;
		}
		AfterCommit.add(new Waiting(moves, place()));
		return true;
	}

	private static String remark() {
		String test = TestOwnTransaction.name();
		return (test != null)
				? "; the transaction is the test's own (%s) and rolls back, so moves that wait for the commit are never made: remove @Transactional from the test and clean up after it, or end the transaction first with TestTransaction.end()"
					.formatted(test)
				: "";
	}

	/** Returns the topmost place outside of the infrastructure. */
	private static String place() {
		return WALKER
			.walk((frames) -> frames.filter((frame) -> isUserCode(frame.getClassName()))
				.findFirst()
				.map((frame) -> frame.toStackTraceElement().toString()))
			.orElse("an unknown place");
	}

	private static boolean isUserCode(String type) {
		return !type.contains("$$") && !type.startsWith("io.greenroom.state.") && !OWN.contains(type)
				&& !type.startsWith("org.springframework.aop.") && !type.startsWith("org.springframework.util.")
				&& !type.startsWith("java.") && !type.startsWith("jdk.");
	}

	/** Moves that wait for the commit. */
	private record Waiting(Runnable moves, String place) implements AfterCommit.Step {

		@Override
		public void take() {
			try {
				this.moves.run();
			}
			catch (Throwable rejected) {
				Failures.log(log, Level.ERROR, rejected, "{} was not made, although the transaction has committed",
						this);
			}
		}

		@Override
		public void drop() {
			// Nothing was requested yet.
		}

		@Override
		public String toString() {
			return "The move requested at " + this.place;
		}

	}

}
