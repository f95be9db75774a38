package io.greenroom.state;

import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.observe.BodyListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the machines of one class share within one {@link StateMachines}. */
final class MachineType {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final StateClass stateClass;

	private final StateTable table;

	private final MachineListener observer;

	/** Nothing where nobody stands round bodies. */
	private final @Nullable BodyListener bodies;

	private final MachineCleaner.Register register;

	private final AtomicLong sequence = new AtomicLong();

	MachineType(StateClass stateClass, MachineListener observer) {
		this.stateClass = stateClass;
		this.table = stateClass.table();
		this.observer = observer;
		this.bodies = ForeignCode.<@Nullable BodyListener>ask(log, "A listener of state machines", null,
				observer::bodies);
		this.register = new MachineCleaner.Register(observer);
	}

	StateTable table() {
		return this.table;
	}

	MachineListener observer() {
		return this.observer;
	}

	@Nullable BodyListener bodies() {
		return this.bodies;
	}

	MachineCleaner.Register register() {
		return this.register;
	}

	String nextName() {
		return this.stateClass.name() + "#" + this.sequence.incrementAndGet();
	}

}
