package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.internal.CallGate;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.durable.internal.DurableMachine;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateMachine.Status;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

/**
 * The handler's view of a machine on the same bean. Calls run while the machine is at
 * rest or has ended, and while its body lets them in.
 */
final class MachineGate implements CallGate, DurableMachine.Turn {

	private final StateMachines machines;

	private final Object target;

	private final StateClass states;

	private final Handler handler;

	/** How many threads want the handler for a move, or have it. */
	private final AtomicInteger moves = new AtomicInteger();

	/**
	 * Whether the moving thread has the handler already. Confined to the moving thread.
	 */
	private boolean nested;

	/** Looked up at the first use, always the same. */
	private volatile @Nullable StateMachine machine;

	MachineGate(Handler handler, StateMachines machines, Object target, StateClass states) {
		this.handler = handler;
		this.machines = machines;
		this.target = target;
		this.states = states;
	}

	private StateMachine machine() {
		StateMachine known = this.machine;
		if (known == null) {
			known = this.machines.of(this.target);
			this.machine = known;
		}
		return known;
	}

	/** Ends the machine without waiting. */
	void stop() {
		machine().stop();
	}

	@Override
	public boolean takes(Method method) {
		return !this.states.isState(method);
	}

	@Override
	public boolean isOpen() {
		return this.moves.get() == 0 && machine().status() != Status.RUNNING;
	}

	@Override
	public boolean take(Duration limit) throws InterruptedException {
		if (this.handler.isHeldAlone()) {
			this.nested = true;
			return true;
		}
		this.moves.incrementAndGet();
		boolean taken = false;
		try {
			taken = this.handler.occupy(this, limit);
			return taken;
		}
		finally {
			if (!taken) {
				moved();
			}
		}
	}

	@Override
	public void giveBack() {
		if (this.nested) {
			this.nested = false;
			return;
		}
		this.handler.vacate();
		moved();
	}

	private void moved() {
		this.moves.decrementAndGet();
		this.handler.gateMoved();
	}

	@Override
	public boolean isIn(List<String> required) {
		Status status = machine().status();
		String current = machine().current();
		return (status == Status.RUNNING || status == Status.RESTING || status == Status.DONE) && current != null
				&& required.contains(current);
	}

	@Override
	public boolean isOver() {
		return machine().isDone();
	}

	@Override
	public String where() {
		String name = machine().name();
		String state = machine().current();
		return switch (machine().status()) {
			case NEW -> name + " has not started";
			case RUNNING, RESTING -> "%s is in '%s'".formatted(name, state);
			case DONE -> "%s has ended in '%s'".formatted(name, state);
			case FAILED -> "%s has failed in '%s'".formatted(name, state);
			case STOPPED -> "%s was stopped in '%s'".formatted(name, state);
		};
	}

	@Override
	public void run(Runnable body) {
		this.machines.visit(machine(), body);
	}

	@Override
	public void ran() {
		this.machines.followVisitor(machine());
	}

}
