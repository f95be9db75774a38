package io.greenroom.state;

import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.observe.MachineListener;

/** What the machines of one class share within one {@link StateMachines}. */
final class MachineType {

	private final StateClass stateClass;

	private final StateTable table;

	private final MachineListener observer;

	private final MachineCleaner.Register register;

	private final AtomicLong sequence = new AtomicLong();

	MachineType(StateClass stateClass, MachineListener observer) {
		this.stateClass = stateClass;
		this.table = stateClass.table();
		this.observer = observer;
		this.register = new MachineCleaner.Register(observer);
	}

	StateTable table() {
		return this.table;
	}

	MachineListener observer() {
		return this.observer;
	}

	MachineCleaner.Register register() {
		return this.register;
	}

	String nextName() {
		return this.stateClass.name() + "#" + this.sequence.incrementAndGet();
	}

}
