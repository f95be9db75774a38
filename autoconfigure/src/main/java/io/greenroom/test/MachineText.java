package io.greenroom.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import io.greenroom.state.StateDescriptor;
import io.greenroom.state.StateDiagram;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMove;

/**
 * A machine as a text for the end of a message: its states with their targets, the
 * current one marked, and its history.
 */
final class MachineText {

	private MachineText() {
	}

	/** Returns the text, beginning with a line break. */
	static String of(StateMachine machine) {
		StateDiagram diagram = machine.diagram();
		StringBuilder text = new StringBuilder("\n").append(where(machine));
		for (StateDescriptor state : inOrder(diagram.states())) {
			text.append("\n  ").append(state.name().equals(diagram.current()) ? "> " : "  ").append(describe(state));
		}
		List<StateMove> history = machine.history();
		text.append("\n  history: ").append(history.isEmpty() ? "no move" : moves(history));
		Throwable failure = machine.exception();
		if (failure != null) {
			text.append("\n  failed with ").append(failure.getClass().getName());
		}
		return text.toString();
	}

	/** Returns the states in the order in which they can be reached. */
	private static Collection<StateDescriptor> inOrder(List<StateDescriptor> states) {
		Map<String, StateDescriptor> byName = new TreeMap<>();
		states.forEach((state) -> byName.put(state.name(), state));
		Set<StateDescriptor> reached = new LinkedHashSet<>();
		Deque<StateDescriptor> next = new ArrayDeque<>(
				byName.values().stream().filter(StateDescriptor::initial).toList());
		while (!next.isEmpty()) {
			StateDescriptor state = next.removeFirst();
			if (reached.add(state)) {
				state.transitionsTo().forEach((target) -> next.add(Objects.requireNonNull(byName.get(target))));
			}
		}
		reached.addAll(byName.values());
		return reached;
	}

	private static String where(StateMachine machine) {
		String state = machine.current();
		String status = machine.status().name().toLowerCase(Locale.ROOT);
		return machine.name() + " is " + status + ((state != null) ? " in '" + state + "'" : "");
	}

	private static String describe(StateDescriptor state) {
		List<String> parts = new ArrayList<>();
		Duration timeout = state.timeout();
		for (String target : state.transitionsTo()) {
			parts.add((timeout != null && target.equals(state.onTimeout())) ? target + " (after " + timeout + ")"
					: target);
		}
		String targets = parts.isEmpty() ? "the end" : String.join(", ", parts);
		return (state.initial() ? "* -> " : "") + state.name() + " -> " + targets;
	}

	private static String moves(List<StateMove> history) {
		StringBuilder text = new StringBuilder();
		String before = null;
		for (StateMove move : history) {
			String from = move.from();
			if (text.isEmpty() || !String.valueOf(from).equals(before)) {
				text.append(text.isEmpty() ? "" : "; ").append((from != null) ? from : "*");
			}
			text.append(" -> ").append(move.to());
			before = move.to();
		}
		return text.toString();
	}

}
