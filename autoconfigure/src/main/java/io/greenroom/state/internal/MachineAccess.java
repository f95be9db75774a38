package io.greenroom.state.internal;

import java.util.Objects;

import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

/**
 * What tests may do with machines, unlike applications. {@link StateMachines} provides
 * the only implementation. For internal use only.
 */
public abstract class MachineAccess {

	/** Written once, when the class of state machines is initialized. */
	private static volatile @Nullable MachineAccess access;

	/** For the state machines. */
	protected MachineAccess() {
	}

	/**
	 * Returns the access to every machine. There is a machine, so that the class of state
	 * machines has been initialized.
	 * @return the access
	 */
	public static MachineAccess get() {
		return Objects.requireNonNull(access);
	}

	/**
	 * Called by the class of state machines.
	 * @param implementation the access
	 */
	public static void set(MachineAccess implementation) {
		access = implementation;
	}

	/**
	 * Puts a machine into a state without a move.
	 * @param machine the machine
	 * @param state the state's name
	 * @param args the arguments of its body
	 * @param run whether its body runs
	 */
	public abstract void put(StateMachine machine, String state, @Nullable Object[] args, boolean run);

	/**
	 * Creates an object whose machine is in a state.
	 * @param machines creates it
	 * @param state the state's name
	 * @param type the class with the states
	 * @param args the constructor's arguments
	 * @return the object
	 * @param <T> the type of the object
	 */
	public abstract <T> T create(StateMachines machines, String state, Class<T> type, @Nullable Object[] args);

}
