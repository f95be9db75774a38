package io.greenroom.test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachine.Status;
import io.greenroom.state.StateMove;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a machine. They look at it once and do not wait; use
 * {@link StateMachine#awaitRest} or {@code settle} before. A failure shows the states of
 * the machine, with the current one marked, and its history.
 */
public final class StateMachineAssert extends AbstractAssert<StateMachineAssert, StateMachine> {

	StateMachineAssert(@Nullable StateMachine machine) {
		super(machine, StateMachineAssert.class);
	}

	/**
	 * Verifies that the machine runs, rests or is done in a state. A machine that has
	 * failed or was stopped is in no state.
	 * @param state the state's name
	 * @return this
	 */
	public StateMachineAssert isIn(String state) {
		StateMachine machine = known(state);
		boolean in = switch (machine.status()) {
			case RUNNING, RESTING, DONE -> state.equals(machine.current());
			case NEW, FAILED, STOPPED -> false;
		};
		if (!in) {
			throw failure("to be in '" + state + "'", machine);
		}
		return this;
	}

	/**
	 * Verifies that the machine is in a state, with no body running.
	 * @param state the state's name
	 * @return this
	 */
	public StateMachineAssert isAtRestIn(String state) {
		StateMachine machine = known(state);
		if (machine.status() != Status.RESTING || !state.equals(machine.current())) {
			throw failure("to be at rest in '" + state + "'", machine);
		}
		return this;
	}

	/**
	 * Verifies that no body of the machine runs: it is new, rests, or has ended.
	 * @return this
	 */
	public StateMachineAssert isAtRest() {
		return satisfies(machine().status() != Status.RUNNING, "to be at rest");
	}

	/**
	 * Verifies that the machine has never started.
	 * @return this
	 */
	public StateMachineAssert isNew() {
		return satisfies(machine().status() == Status.NEW, "to be new");
	}

	/**
	 * Verifies that the machine has ended by itself.
	 * @return this
	 */
	public StateMachineAssert isDone() {
		return satisfies(machine().status() == Status.DONE, "to be done");
	}

	/**
	 * Verifies that the machine was stopped.
	 * @return this
	 */
	public StateMachineAssert isStopped() {
		return satisfies(machine().status() == Status.STOPPED, "to be stopped");
	}

	/**
	 * Verifies that a body of the machine has failed, and the machine with it.
	 * @param type the type of what the body has thrown
	 * @return this
	 */
	public StateMachineAssert hasFailedWith(Class<? extends Throwable> type) {
		Objects.requireNonNull(type, "type");
		StateMachine machine = machine();
		return satisfies(machine.status() == Status.FAILED && type.isInstance(machine.exception()),
				"to have failed with " + type.getName());
	}

	/**
	 * Verifies which states the machine has entered, in order, as far as its history goes
	 * back.
	 * @param states all their names
	 * @return this
	 */
	public StateMachineAssert hasHistory(String... states) {
		Objects.requireNonNull(states, "states");
		StateMachine machine = machine();
		List<String> entered = machine.history().stream().map(StateMove::to).toList();
		return satisfies(entered.equals(Arrays.asList(states)), "to have entered " + Arrays.asList(states));
	}

	/**
	 * Verifies which states may be called now.
	 * @param states all their names, in any order
	 * @return this
	 */
	public StateMachineAssert hasTargets(String... states) {
		Objects.requireNonNull(states, "states");
		List<String> wanted = new ArrayList<>(Arrays.asList(states));
		List<String> legal = new ArrayList<>(machine().targets());
		wanted.sort(null);
		legal.sort(null);
		return satisfies(legal.equals(wanted), "to have the legal targets " + wanted + ", but they are " + legal);
	}

	/**
	 * Verifies that a state may be called now.
	 * @param state the state's name
	 * @return this
	 */
	public StateMachineAssert canMoveTo(String state) {
		StateMachine machine = known(state);
		return satisfies(machine.targets().contains(state), "to have the legal target '" + state + "'");
	}

	/**
	 * Verifies that a state may not be called now.
	 * @param state the state's name
	 * @return this
	 */
	public StateMachineAssert cannotMoveTo(String state) {
		StateMachine machine = known(state);
		return satisfies(!machine.targets().contains(state), "not to have the legal target '" + state + "'");
	}

	private StateMachine machine() {
		isNotNull();
		return this.actual;
	}

	/** A name that no state has is a mistake of the test. */
	private StateMachine known(String state) {
		Objects.requireNonNull(state, "state");
		StateMachine machine = machine();
		if (machine.diagram().states().stream().noneMatch((each) -> each.name().equals(state))) {
			throw new IllegalArgumentException(
					"%s has no state '%s'%s".formatted(machine.name(), state, MachineText.of(machine)));
		}
		return machine;
	}

	private StateMachineAssert satisfies(boolean condition, String expected) {
		if (!condition) {
			throw failure(expected, machine());
		}
		return this;
	}

	private AssertionError failure(String expected, StateMachine machine) {
		AssertionError failure = failure("Expected %s %s:%s", machine.name(), expected, MachineText.of(machine));
		Throwable thrown = machine.exception();
		if (thrown != null) {
			failure.addSuppressed(thrown);
		}
		return failure;
	}

}
