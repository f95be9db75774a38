package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import io.greenroom.green.GreenTask;
import io.greenroom.observe.BodyListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import io.greenroom.state.internal.StateObject;
import org.jspecify.annotations.Nullable;

/** The machine of one object: its parts, and its public view. */
final class Machine implements MovingMachine {

	private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

	private final MachineType type;

	private final StateObject target;

	private final String name;

	/** {@code null} if machines are not counted. Written before the first move. */
	private @Nullable MachineCleaner cleaner;

	private final Transitions transitions;

	private Machine(MachineEngine engine, MachineType type, StateObject target, @Nullable StateEntry entry) {
		this.type = type;
		this.target = target;
		String given = (entry != null) ? entry.name() : null;
		this.name = (given != null) ? given : type.nextName();
		Position position = new Position(engine.services().historySize(), this);
		this.transitions = new Transitions(engine, this, position, entry);
	}

	/** Creates a machine and registers it. */
	static Machine of(MachineEngine engine, MachineType type, StateObject target, @Nullable StateEntry entry) {
		return found(new Machine(engine, type, target, entry));
	}

	/**
	 * Creates a persistent machine.
	 * @param stay its stored stay, ready to be resumed, or {@code null} if it is new
	 */
	static Machine kept(MachineEngine engine, MachineType type, StateObject target, @Nullable StateEntry entry,
			StateJournal journal, StateJournal.@Nullable Entry stay) {
		Machine machine = found(new Machine(engine, type, target, entry));
		machine.transitions.steps().keptBy(new Journal(journal, stay));
		if (stay != null) {
			machine.restore(engine.services(), stay);
		}
		return machine;
	}

	private static Machine found(Machine machine) {
		MachineType type = machine.type;
		machine.cleaner = type.register().add(machine);
		return machine;
	}

	private void restore(MachineServices services, StateJournal.Entry entry) {
		StateActivation stay = new StateActivation(this, table().state(entry.state()), entry.args().toArray());
		Duration spent = Duration.between(entry.since(), services.now());
		long nanos = Durations.nanos(spent.isNegative() ? Duration.ZERO : spent, "time spent");
		stay.enteredAt(entry.since(), services.nanoTime() - Math.min(nanos, Long.MAX_VALUE / 2));
		if (entry.status() != Status.RUNNING) {
			stay.endedBefore();
		}
		position().lock();
		try {
			this.transitions.steps().restore(stay, entry.status(), entry.failure());
		}
		finally {
			position().unlock();
		}
	}

	@Override
	public StateTable table() {
		return this.type.table();
	}

	@Override
	public MachineListener observer() {
		return this.type.observer();
	}

	@Override
	public @Nullable BodyListener bodies() {
		return this.type.bodies();
	}

	@Override
	public StateObject states() {
		return this.target;
	}

	MachineType type() {
		return this.type;
	}

	@Override
	public void isIn(@Nullable String state) {
		if (this.cleaner != null) {
			this.cleaner.in(state);
		}
	}

	@Override
	public void abandon(Move late) {
		this.transitions.abandon(late);
	}

	@Override
	public void timedOut(StateActivation late) {
		this.transitions.timedOut(late);
	}

	Transitions transitions() {
		return this.transitions;
	}

	/** Not a field, because there may be millions of machines. */
	private Position position() {
		return this.transitions.steps().position();
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Object target() {
		return this.target;
	}

	@Override
	public Status status() {
		return position().status();
	}

	@Override
	public @Nullable String current() {
		StateActivation current = position().run();
		return (current != null) ? current.state() : null;
	}

	@Override
	public @Nullable Instant since() {
		StateActivation current = position().run();
		return (current != null) ? current.since() : null;
	}

	@Override
	public List<StateMove> history() {
		StackRoom.check();
		return position().history();
	}

	@Override
	public List<String> targets() {
		StateActivation active = position().active();
		return table().legal((active != null) ? active.spec() : null, status() == Status.DONE);
	}

	@Override
	public StateDiagram diagram() {
		StackRoom.check();
		return StateDiagram.of(this.name, table(), current(), position().counts());
	}

	@Override
	public boolean isDone() {
		return position().isEnd();
	}

	@Override
	public @Nullable Throwable exception() {
		return position().failure();
	}

	@Override
	public void join() throws InterruptedException {
		StackRoom.check();
		rejectOwnBody();
		if (!this.transitions.steps().mustWait()) {
			return;
		}
		this.transitions.steps().checkMayWait();
		try (WaitCircle.Wait wait = WaitCircle.begin(this.transitions.steps(), "for the end of " + this.name)) {
			wait.rejectCircle();
			position().await(position()::isEnd, Durations.nanos(FOREVER, "limit"),
					this.transitions.steps()::rejectToWait, wait::rejectCircle);
		}
	}

	@Override
	public boolean join(Duration limit) throws InterruptedException {
		return await(position()::isEnd, "for the end of ", limit);
	}

	@Override
	public boolean awaitRest(Duration limit) throws InterruptedException {
		return await(() -> !this.transitions.steps().isMoving() && status() != Status.RUNNING, "for a rest of ", limit);
	}

	private boolean await(BooleanSupplier wanted, String what, Duration limit) throws InterruptedException {
		StackRoom.check();
		long nanos = Durations.nanos(limit, "limit");
		if (nanos > 0) {
			rejectOwnBody();
		}
		try (WaitCircle.Look look = new WaitCircle.Look(this.transitions.steps(), what + this.name, nanos)) {
			return position().await(wanted, nanos, this.transitions.steps()::rejectToWait, look);
		}
	}

	@Override
	public boolean awaitState(String state, Duration limit) throws InterruptedException {
		if (!table().has(state)) {
			throw new IllegalArgumentException(
					"%s has no state '%s'; its states are %s".formatted(this.name, state, table().names()));
		}
		StackRoom.check();
		long nanos = Durations.nanos(limit, "limit");
		if (nanos > 0 && !state.equals(current())) {
			rejectOwnBody();
		}
		try (WaitCircle.Look look = new WaitCircle.Look(this.transitions.steps(),
				"for %s to be in '%s'".formatted(this.name, state), nanos)) {
			return position().awaitState(state, nanos, this.transitions.steps()::rejectToWait, look);
		}
	}

	@Override
	public String moveAndWait(GreenTask move, Duration limit) throws InterruptedException, TimeoutException {
		StackRoom.check();
		Objects.requireNonNull(move, "move");
		rejectOwnBody();
		long nanos = Durations.nanos(limit, "limit");
		if (nanos > 0) {
			this.transitions.steps().checkMayWait();
		}
		Arrival arrival = new Arrival(position(), this.transitions.steps()::isMovingTo);
		boolean arrived = false;
		try (WaitCircle.Look look = new WaitCircle.Look(this.transitions.steps(),
				"for the outcome of a move of " + this.name, nanos)) {
			arrived = position().await(arrival, move, nanos, look::reject);
		}
		catch (Exception thrown) {
			// Thrown by the move itself, or the interrupt of the wait.
			throw Failures.rethrow(thrown);
		}
		if (!arrival.isAsked()) {
			throw new IllegalArgumentException(
					"The call requested no move of %s; call a state of its object, on the thread that waits"
						.formatted(this.name));
		}
		if (!arrived) {
			throw new TimeoutException(
					"%s was asked to move to '%s' and neither rested nor ended within %s; it is in '%s'"
						.formatted(this.name, arrival.asked(), limit, current()));
		}
		Throwable failure = arrival.failure();
		if (failure != null) {
			throw Failures.rethrow(AskedFrom.here(failure, this.name));
		}
		String state = arrival.state();
		if (state == null) {
			throw new IllegalStateException(
					"%s did not move to '%s', because it was stopped meanwhile, or its body did not make way in time; it is in '%s'"
						.formatted(this.name, arrival.asked(), current()));
		}
		return state;
	}

	private void rejectOwnBody() {
		StateActivation current = position().run();
		if (current != null && current.isOnBodyThread()) {
			throw new IllegalStateException("The body of '%s' would wait for its own end in %s; wait in another thread"
				.formatted(current.state(), this.name));
		}
	}

	@Override
	public void stop() {
		this.transitions.stop();
	}

	@Override
	public String toString() {
		String state = current();
		return "StateMachine[" + this.name + ", " + status() + ((state != null) ? " in " + state : "") + "]";
	}

}
