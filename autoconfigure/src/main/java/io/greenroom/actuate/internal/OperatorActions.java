package io.greenroom.actuate.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * The actions that an operator can perform on handlers and machines. An action is
 * rejected, with the reason, if its target does not exist or if it is not possible.
 */
final class OperatorActions {

	private final Supplier<List<Handler>> handlers;

	private final Supplier<@Nullable StateMachines> stateMachines;

	/**
	 * Creates the actions.
	 * @param handlers supplies all handlers, including those of keys
	 * @param stateMachines supplies the machines, if there are any
	 */
	OperatorActions(Supplier<List<Handler>> handlers, Supplier<@Nullable StateMachines> stateMachines) {
		this.handlers = handlers;
		this.stateMachines = stateMachines;
	}

	/**
	 * Interrupts the body that a handler runs.
	 * @param name the name of the handler
	 * @param thread the thread that runs the body; required if there are several
	 * @return a description of what was done
	 */
	String interrupt(String name, @Nullable String thread) {
		Handler handler = this.handlers.get()
			.stream()
			.filter((each) -> each.name().equals(name))
			.findFirst()
			.orElseThrow(() -> rejection("No handler '%s' runs a body".formatted(name)));
		Set<String> threads = new TreeSet<>();
		handler.snapshot().running().forEach((body) -> threads.add(body.thread()));
		if (thread == null && threads.size() > 1) {
			throw rejection(
					"Handler '%s' runs several bodies; give the 'thread' of one of them: %s".formatted(name, threads));
		}
		String method = handler.interrupt(thread);
		if (method == null) {
			throw rejection("Handler '%s' runs no body%s; there are bodies on %s".formatted(name,
					(thread != null) ? " on thread '" + thread + "'" : "", threads));
		}
		return "interrupted %s of handler '%s'".formatted(method, name);
	}

	/**
	 * Stops a machine. This method does not wait for the machine to end.
	 * @param type the name of its class, with or without the package
	 * @param name the name of the machine
	 * @return a description of what was done
	 */
	String stop(String type, @Nullable String name) {
		StateMachine machine = find(type, name);
		switch (machine.status()) {
			case RUNNING, RESTING -> machine.stop();
			default -> throw rejection("%s is %s, and can't be stopped".formatted(machine.name(), machine.status()));
		}
		return "stopped " + machine.name();
	}

	/**
	 * Starts a failed machine again.
	 * @param type the name of its class, with or without the package
	 * @param name the name of the machine
	 * @param state the state to start in; required unless exactly one state is initial
	 * @return a description of what was done
	 */
	String restart(String type, @Nullable String name, @Nullable String state) {
		StateMachine machine = find(type, name);
		if (machine.status() != StateMachine.Status.FAILED) {
			throw rejection(
					"%s is %s; only a failed machine can be restarted".formatted(machine.name(), machine.status()));
		}
		StateClass states = StateClass.of(machine.target().getClass());
		String start = (state != null) ? state : initial(states);
		try {
			Method method = states.method(start);
			if (method.getParameterCount() > 0) {
				throw rejection("State '%s' of %s takes arguments, so only the application can start it there"
					.formatted(start, machine.name()));
			}
			method.setAccessible(true);
			method.invoke(machine.target());
		}
		catch (InvocationTargetException failure) {
			throw rejection("%s could not be restarted in '%s': %s".formatted(machine.name(), start,
					Failures.describe(failure.getTargetException())));
		}
		catch (IllegalAccessException | RuntimeException failure) {
			throw (failure instanceof InvalidEndpointRequestException known) ? known : rejection(
					"%s can't be restarted in '%s': %s".formatted(machine.name(), start, Failures.describe(failure)));
		}
		return "restarted %s in '%s'".formatted(machine.name(), start);
	}

	private static String initial(StateClass states) {
		List<String> initial = states.states()
			.stream()
			.filter(StateDescriptor::initial)
			.map(StateDescriptor::name)
			.toList();
		if (initial.size() != 1) {
			throw rejection(
					"%s has the initial states %s; give the 'state' to start in".formatted(states.name(), initial));
		}
		return initial.getFirst();
	}

	private StateMachine find(String type, @Nullable String name) {
		StateMachines all = this.stateMachines.get();
		if (all == null || name == null) {
			throw rejection((name == null) ? "Give the name of the 'machine'" : "There are no machines");
		}
		DumpQuery query = new DumpQuery(0, 1, 0, null, type, null);
		List<StateMachine> found = all.types()
			.stream()
			.filter((each) -> query.wantsMachine(each.getName()))
			.flatMap((each) -> all.all(each).stream())
			.filter((machine) -> machine.name().equals(name))
			.distinct()
			.toList();
		if (found.size() != 1) {
			throw rejection("There are %s machines of class '%s' named '%s'; one is needed".formatted(found.size(),
					type, name));
		}
		return found.getFirst();
	}

	private static InvalidEndpointRequestException rejection(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

}
