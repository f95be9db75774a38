package io.greenroom.state;

import io.greenroom.observe.BodyListener;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Runs consecutive bodies on the thread of the first one. */
final class BodyRunner {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private static final String LISTENER = "A listener of state machines";

	private final MachineServices services;

	private final Bodies bodies;

	private final BodyMoves bodyMoves;

	BodyRunner(MachineServices services, Bodies bodies, BodyMoves bodyMoves) {
		this.services = services;
		this.bodies = bodies;
		this.bodyMoves = bodyMoves;
	}

	/** Runs a body; returns what must run after it, if the machine has moved. */
	@Nullable StateActivation perform(MoveSteps steps, StateActivation mine) {
		Throwable thrown = null;
		if (begins(steps, mine)) {
			StateEntry framework = steps.entry();
			BodyListener.@Nullable Running running = begun(steps, mine);
			try {
				if (framework != null) {
					framework.enter(mine.spec().method(), mine.args());
				}
				else {
					steps.machine().states().greenroom$call(mine.spec().index(), mine.args());
				}
			}
			catch (Throwable ex) {
				thrown = ex;
			}
			ended(running, mine, thrown);
			Journal journal = steps.journal();
			if (journal != null) {
				thrown = journal.ended(thrown, steps.machine().name());
			}
			if (thrown != null && leadsOn(steps, mine, thrown)) {
				thrown = null;
			}
		}
		else if (mine.isGivenUp()) {
			return null;
		}
		return this.bodies.finish(steps, mine, thrown);
	}

	private static BodyListener.@Nullable Running begun(MoveSteps steps, StateActivation mine) {
		BodyListener round = steps.machine().bodies();
		return (round == null) ? null
				: ForeignCode.ask(log, LISTENER, BodyListener.Running.NONE, () -> round.begun(mine.state(), null));
	}

	/** A body that moves its own machine ends by what is thrown, and has not failed. */
	private static void ended(BodyListener.@Nullable Running running, StateActivation mine,
			@Nullable Throwable thrown) {
		if (running != null) {
			@Nullable Throwable failure = (thrown != null && mine.isUnwoundBy(thrown)) ? null : thrown;
			ForeignCode.run(log, LISTENER, () -> running.ended(failure));
		}
	}

	private boolean begins(MoveSteps steps, StateActivation mine) {
		steps.position().lock();
		try {
			Move waiting = steps.move();
			if (mine.stopping() || mine.isGivenUp() || (waiting != null && waiting.ready)) {
				return false;
			}
			mine.begin();
			return true;
		}
		finally {
			steps.position().unlock();
		}
	}

	/**
	 * Returns whether what a body has thrown moves the machine instead of failing it. The
	 * move then waits for the body's end, as if the body had requested it last.
	 */
	private boolean leadsOn(MoveSteps steps, StateActivation mine, Throwable thrown) {
		String onError = mine.spec().onError();
		Journal journal = steps.journal();
		if (onError == null || (journal != null && journal.isLost()) || mine.isUnwoundBy(thrown)
				|| (this.services.isClosed() && Bodies.isInterrupt(thrown))) {
			return false;
		}
		try {
			steps.dropOwnMove();
			if (!Boolean.TRUE.equals(
					this.bodyMoves.askFromBody(steps, mine, steps.table().state(onError), new Object[] { thrown }))) {
				return false;
			}
		}
		catch (Throwable rejected) {
			Failures.suppress(thrown, rejected);
			return false;
		}
		Failures.log(log, Level.WARN, thrown, "{} leaves '{}' for '{}', because its body failed",
				steps.machine().name(), mine.state(), onError);
		return true;
	}

	/**
	 * Starts a body on a thread of its own, because the kill of the previous thread was
	 * not meant for it, unless everything ends.
	 */
	void startAfterKill(MoveSteps steps, StateActivation next) {
		this.bodies.startAfterKill(steps, next);
	}

	/**
	 * Called when the thread has ended. The last stay has not ended if its body could not
	 * begin.
	 */
	void threadEnded(MoveSteps steps, StateActivation last, @Nullable Throwable why) {
		this.bodies.threadEnded(steps, last, why);
	}

}
