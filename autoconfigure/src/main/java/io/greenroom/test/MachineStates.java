package io.greenroom.test;

import java.util.Objects;

import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.state.internal.MachineAccess;
import org.jspecify.annotations.Nullable;

/**
 * Puts machines into states without the way there, so that a test of what follows need
 * not go through what precedes. Nothing is checked or told: guards, {@code onStart} and
 * listeners are not called, and the history has no move. The timeout of the state begins.
 * Thread-safe.
 */
public final class MachineStates {

	private MachineStates() {
	}

	/**
	 * Puts a machine into a state as if its body had returned: the machine is at rest, or
	 * done if the state has no targets.
	 * @param machine the machine
	 * @param state the state's name
	 * @throws IllegalArgumentException if there is no such state, or the machine is
	 * stored
	 * @throws IllegalStateException if a body of the machine runs, or it is moving
	 */
	public static void put(StateMachine machine, String state) {
		Objects.requireNonNull(machine, "machine");
		MachineAccess.get().put(machine, Objects.requireNonNull(state, "state"), new Object[0], false);
	}

	/**
	 * Puts a machine into a state and runs its body.
	 * @param machine the machine
	 * @param state the state's name
	 * @param args the arguments of the body
	 * @throws IllegalArgumentException if there is no such state, it takes other
	 * arguments, or the machine is stored
	 * @throws IllegalStateException if a body of the machine runs, or it is moving
	 */
	public static void putAndRun(StateMachine machine, String state, @Nullable Object... args) {
		Objects.requireNonNull(machine, "machine");
		Objects.requireNonNull(args, "args");
		MachineAccess.get().put(machine, Objects.requireNonNull(state, "state"), args.clone(), true);
	}

	/**
	 * Creates an object whose machine is in a state, as {@link #put} leaves it. States
	 * that the constructor calls have no effect.
	 * @param machines creates the object
	 * @param state the state's name
	 * @param type the class with the states
	 * @param args the arguments of the constructor, as for
	 * {@link StateMachines#create(Class, Object...)}
	 * @return the object
	 * @param <T> the type of the object
	 * @throws IllegalArgumentException if there is no such state or constructor, or the
	 * class has no states
	 */
	public static <T> T create(StateMachines machines, String state, Class<T> type, @Nullable Object... args) {
		Objects.requireNonNull(machines, "machines");
		Objects.requireNonNull(type, "type");
		Objects.requireNonNull(args, "args");
		return MachineAccess.get().create(machines, Objects.requireNonNull(state, "state"), type, args);
	}

}
