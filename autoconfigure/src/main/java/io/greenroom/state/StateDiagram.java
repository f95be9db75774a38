package io.greenroom.state;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The states of a class and the moves between them, to be drawn: what is declared, and
 * for a {@linkplain StateMachine#diagram() machine} where it is and how often it moved.
 * The same diagram always gives the same text. Immutable.
 * <p>
 * This is what {@code StateDiagram.of(Flower.class).mermaid()} says of a flower: <pre>
 * stateDiagram-v2
 *     [*] --&gt; sprouting
 *     flowering --&gt; dead
 *     flowering --&gt; withering
 *     growing --&gt; flowering
 *     growing --&gt; withering : after 30s
 *     sprouting --&gt; growing
 *     withering --&gt; dead
 *     dead --&gt; [*]
 * </pre>
 *
 * @param name the name of the class, or of the machine
 * @param states the declared states, by name
 * @param edges the declared moves, in the order of the states and of their declaration
 * @param current the state that the machine is or was last in, {@code null} for none
 */
public record StateDiagram(String name, List<StateDescriptor> states, List<Edge> edges, @Nullable String current) {

	/**
	 * A declared move.
	 *
	 * @param from the state it leaves
	 * @param to the state it enters
	 * @param onTimeout whether the machine makes it by itself when the state's time is
	 * over
	 * @param count how often the machine has made it, zero in a diagram of a class
	 */
	public record Edge(String from, String to, boolean onTimeout, int count) {
	}

	/** Copies the lists. */
	public StateDiagram {
		states = List.copyOf(states);
		edges = List.copyOf(edges);
	}

	/**
	 * Returns the diagram of what a class declares.
	 * @param type a class with states
	 * @return the diagram, without a current state and counts
	 * @throws IllegalArgumentException if the class has no states
	 * @throws InvalidStatesException if they are declared wrongly
	 */
	public static StateDiagram of(Class<?> type) {
		StateClass states = StateClass.of(type);
		return of(type.getSimpleName(), states.table(), null, new int[0]);
	}

	static StateDiagram of(String name, StateTable table, @Nullable String current, int[] counts) {
		List<Edge> edges = new ArrayList<>();
		for (StateSpec state : table.states()) {
			for (String target : state.targets()) {
				int number = table.edge(state, target);
				edges.add(new Edge(state.name(), target, target.equals(state.onTimeout()),
						(number < counts.length) ? counts[number] : 0));
			}
		}
		return new StateDiagram(name, table.states().stream().map(StateSpec::describe).toList(), edges, current);
	}

	/**
	 * Returns the diagram as Mermaid text.
	 * @return a {@code stateDiagram-v2}
	 */
	public String mermaid() {
		return new MermaidText(this).text();
	}

	/**
	 * Returns the diagram as Graphviz text.
	 * @return a {@code digraph}
	 */
	public String graphviz() {
		return new GraphvizText(this).text();
	}

	/**
	 * Returns the diagram as a picture, drawn without any tool.
	 * @return an SVG document
	 */
	public String svg() {
		return new SvgPicture(this).text();
	}

	/** Returns the states that a machine may start in. */
	List<StateDescriptor> starts() {
		List<StateDescriptor> marked = this.states.stream().filter(StateDescriptor::initial).toList();
		return marked.isEmpty() ? this.states : marked;
	}

	/** Returns what is to be known of the whole, {@code null} for nothing. */
	@Nullable String remark() {
		return this.states.stream().anyMatch(StateDescriptor::initial) ? null
				: "no state is marked initial, so every state may start it";
	}

	/** Returns what is written at a move, empty for nothing. */
	String label(Edge edge) {
		List<String> parts = new ArrayList<>();
		for (StateDescriptor state : this.states) {
			if (state.name().equals(edge.from())) {
				if (edge.onTimeout() && state.timeout() != null) {
					parts.add("after " + Durations.format(state.timeout()));
				}
				if (edge.to().equals(state.onError())) {
					parts.add("on error");
				}
			}
		}
		if (edge.count() > 0) {
			parts.add(edge.count() + "\u00d7");
		}
		return String.join(", ", parts);
	}

}
