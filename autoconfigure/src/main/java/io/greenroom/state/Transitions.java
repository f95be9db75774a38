package io.greenroom.state;

import java.util.Objects;

import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import io.greenroom.state.internal.StateCalls;
import io.greenroom.state.internal.StateObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Receives the calls of an object's enhanced methods. This is the only way to change an
 * object's state. A move has these steps:
 * <ol>
 * <li>claim: wait until no other move is in progress, check the table;</li>
 * <li>onStart, on the requesting thread;</li>
 * <li>a running body makes way: its own call unwinds it, any other call interrupts
 * it;</li>
 * <li>commit: when the old body has ended, change the state;</li>
 * <li>announce: tell the listeners, and let others move again;</li>
 * <li>the new body begins: on the thread of the old one, or, if none ran, on a new
 * one.</li>
 * </ol>
 * {@link BodyMoves} and {@link OutsideMoves} decide who waits for what, {@link MoveSteps}
 * has the steps, and {@link Bodies} starts and ends the bodies. No user code runs under
 * the lock.
 */
final class Transitions implements StateCalls {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final MachineEngine engine;

	private final Machine machine;

	private final MoveSteps steps;

	Transitions(MachineEngine engine, Machine machine, Position position, @Nullable StateEntry entry) {
		this.engine = engine;
		this.machine = machine;
		this.steps = new MoveSteps(engine.services(), machine, position, entry);
	}

	Machine machine() {
		return this.machine;
	}

	MoveSteps steps() {
		return this.steps;
	}

	@Override
	public StateCalls copy(StateObject object) {
		return Machine.of(this.engine, this.machine.type(), object, null).transitions();
	}

	@Override
	public boolean enter(int state) {
		StateActivation current = this.steps.position().run();
		if (current == null || !current.isOnBodyThread() || !current.enter(state)) {
			return false;
		}
		StateBoundary boundary = this.engine.services().boundary();
		if (boundary != null) {
			current.begun(beginIn(boundary));
		}
		Journal journal = this.steps.journal();
		if (journal != null) {
			beginKept(journal, current);
		}
		return true;
	}

	/** Tells the journal that a body begins. If that fails, the body does not begin. */
	private void beginKept(Journal journal, StateActivation current) {
		boolean begun = false;
		try {
			locked(current::unshield);
			journal.bodyBegins();
			begun = true;
		}
		finally {
			if (!begun) {
				current.leave();
			}
		}
	}

	private @Nullable Object beginIn(StateBoundary boundary) {
		try {
			return boundary.begin();
		}
		catch (Throwable failure) {
			Failures.log(log, Level.WARN, failure, "The boundary of states failed and was skipped when {} began",
					this.machine.name());
			return null;
		}
	}

	@Override
	public void leave(@Nullable Throwable thrown) {
		StateActivation current = Objects.requireNonNull(this.steps.position().run());
		current.leave();
		Journal journal = this.steps.journal();
		if (journal != null) {
			keepEnd(journal, current, thrown);
		}
		if (thrown == null) {
			return;
		}
		if (!current.isUnwoundBy(thrown)) {
			throw Failures.rethrow(thrown);
		}
		for (Throwable hidden : thrown.getSuppressed()) {
			Failures.log(log, Level.WARN, hidden, "{} left '{}', and the clean-up of its body failed",
					this.machine.name(), current.state());
		}
	}

	/**
	 * Stores the body's own move, or its return, together with what the body has done.
	 */
	private void keepEnd(Journal journal, StateActivation current, @Nullable Throwable thrown) {
		locked(current::shield);
		if (thrown != null && !current.isUnwoundBy(thrown)) {
			journal.bodyThrew(thrown);
			return;
		}
		Move own = ownMove(current);
		try {
			if (own != null) {
				own.keptSince = journal.enterInBody(own.next, this.engine.services().now());
			}
			else {
				journal
					.settleInBody(current.spec().terminal() ? StateMachine.Status.DONE : StateMachine.Status.RESTING);
			}
		}
		catch (Throwable failure) {
			journal.bodyThrew(failure);
			throw failure;
		}
	}

	private void locked(Runnable change) {
		this.steps.position().lock();
		try {
			change.run();
		}
		finally {
			this.steps.position().unlock();
		}
	}

	/** Returns the move that the body has requested, and that waits for its end. */
	private @Nullable Move ownMove(StateActivation current) {
		this.steps.position().lock();
		try {
			Move waiting = this.steps.move();
			return (waiting != null && waiting.own && waiting.ready && !current.stopping()) ? waiting : null;
		}
		finally {
			this.steps.position().unlock();
		}
	}

	@Override
	public void move(int state, @Nullable Object[] args) {
		StackRoom.check();
		StateSpec to = this.steps.table().state(state);
		Journal journal = this.steps.journal();
		if (journal != null) {
			journal.check(to, args);
		}
		StateActivation current = this.steps.position().run();
		if (current != null && current.isOnBodyThread()) {
			if (current.isVisited()) {
				this.engine.fromBody().moveFromVisitor(this.steps, current, to, args);
				return;
			}
			throw this.engine.fromBody().moveFromBody(this.steps, current, to, args);
		}
		StateBoundary boundary = this.engine.services().boundary();
		if (boundary != null) {
			boundary.outside(this.machine, to.name());
		}
		this.engine.fromOutside().move(this.steps, to, args, null);
	}

	void visit(Runnable visitor) {
		this.engine.fromBody().visit(this.steps, visitor);
	}

	void followVisitor() {
		this.engine.fromBody().followVisitor(this.steps);
	}

	void abandon(Move late) {
		this.engine.fromOutside().abandon(this.steps, late);
	}

	void timedOut(StateActivation late) {
		this.engine.fromOutside().timedOut(this.steps, late);
	}

	void stop() {
		this.engine.bodies().stop(this.steps);
	}

	/** Ends in memory only. */
	void release() {
		Journal journal = this.steps.journal();
		if (journal != null) {
			journal.release();
		}
		stop();
	}

	/** Puts the machine into a state without a move; for tests. */
	void put(String state, @Nullable Object[] args, boolean run) {
		if (!this.steps.table().has(state)) {
			throw new IllegalArgumentException("%s has no state '%s'; its states are %s".formatted(this.machine.name(),
					state, this.steps.table().names()));
		}
		if (this.steps.journal() != null) {
			throw new IllegalArgumentException(
					"%s is stored, and what is stored of it would not change; test its class without a key"
						.formatted(this.machine.name()));
		}
		StateSpec spec = this.steps.table().state(state);
		if (run) {
			spec.checkArguments(args);
		}
		this.engine.bodies().put(this.steps, spec, args, run);
	}

	/** Resumes a body or a timeout that was in progress before this process. */
	void resume() {
		this.engine.bodies().resume(this.steps);
	}

}
