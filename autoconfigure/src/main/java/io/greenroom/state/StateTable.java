package io.greenroom.state;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** The declared states of a class and the moves between them. Immutable. */
final class StateTable {

	private final List<StateSpec> states;

	private final Map<String, StateSpec> byName = new LinkedHashMap<>();

	private final List<String> starts;

	private final List<String> restarts;

	private final boolean startsAnywhere;

	/** The number of the first move by state, followed by the number of all moves. */
	private final int[] firstEdges;

	StateTable(List<StateSpec> states) {
		this.states = List.copyOf(states);
		this.states.forEach((state) -> this.byName.put(state.name(), state));
		List<String> marked = states.stream().filter(StateSpec::initial).map(StateSpec::name).toList();
		this.firstEdges = new int[states.size() + 1];
		for (int i = 0; i < states.size(); i++) {
			this.firstEdges[i + 1] = this.firstEdges[i] + states.get(i).targets().size();
		}
		this.startsAnywhere = marked.isEmpty();
		this.restarts = marked.isEmpty() ? List.copyOf(this.byName.keySet())
				: states.stream().filter(StateSpec::restart).map(StateSpec::name).toList();
		this.starts = marked.isEmpty() ? List.copyOf(this.byName.keySet()) : marked;
	}

	List<StateSpec> states() {
		return this.states;
	}

	StateSpec state(int index) {
		return this.states.get(index);
	}

	StateSpec state(String name) {
		return Objects.requireNonNull(this.byName.get(name));
	}

	boolean has(String name) {
		return this.byName.containsKey(name);
	}

	List<String> names() {
		return List.copyOf(this.byName.keySet());
	}

	/** Returns the number of a declared move. Numbers start at zero and have no gaps. */
	int edge(StateSpec from, String to) {
		return this.firstEdges[from.index()] + from.targets().indexOf(to);
	}

	int edges() {
		return this.firstEdges[this.states.size()];
	}

	/** Returns whether no state is marked initial, so that each may start the machine. */
	boolean startsAnywhere() {
		return this.startsAnywhere;
	}

	/**
	 * Returns the states that may follow; if the machine is in no state, those that may
	 * start it.
	 * @param from the current state; {@code null} before the start and after the end
	 * @param done whether the machine has ended by itself
	 */
	List<String> legal(@Nullable StateSpec from, boolean done) {
		if (from != null) {
			return from.targets();
		}
		return done ? this.restarts : this.starts;
	}

}
