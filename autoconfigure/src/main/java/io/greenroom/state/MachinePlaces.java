package io.greenroom.state;

import io.greenroom.state.internal.MachineAccess;
import org.jspecify.annotations.Nullable;

/** Gives tests access to machines. */
final class MachinePlaces extends MachineAccess {

	@Override
	public void put(StateMachine machine, String state, @Nullable Object[] args, boolean run) {
		StateMachines.own(machine).put(state, args, run);
	}

	@Override
	public <T> T create(StateMachines machines, String state, Class<T> type, @Nullable Object[] args) {
		return machines.createIn(state, type, args);
	}

}
