package io.greenroom.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A diagram of the states of a class and the moves between them. The diagram of a
 * {@linkplain StateMachine#diagram() machine} also shows where it is and how often it
 * moved. The same diagram always yields the same text. Immutable.
 * <p>
 * {@code StateDiagram.of(Flower.class).mermaid()} returns, for example: <pre>
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
 * @param current the state that the machine is or was last in; {@code null} for none
 */
public record StateDiagram(String name, List<StateDescriptor> states, List<Edge> edges, @Nullable String current) {

	/**
	 * A declared move.
	 *
	 * @param from the state it leaves
	 * @param to the state it enters
	 * @param onTimeout whether the machine makes the move by itself when the state's
	 * timeout is over
	 * @param count how often the machine has made it; zero in a diagram of a class
	 */
	public record Edge(String from, String to, boolean onTimeout, int count) {
	}

	/** Copies the lists. */
	public StateDiagram {
		states = List.copyOf(states);
		edges = List.copyOf(edges);
	}

	/**
	 * Returns the diagram of a class.
	 * @param type a class with states
	 * @return the diagram, without a current state and counts
	 * @throws IllegalArgumentException if the class has no states
	 * @throws InvalidStatesException if the states are declared incorrectly
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
		return mermaid(Map.of());
	}

	/**
	 * Returns the diagram as Mermaid text that shows how many machines are in each state.
	 * @param counts the numbers by state name, as returned by
	 * {@link StateMachines#counts}; a missing state has no count
	 * @return a {@code stateDiagram-v2}
	 */
	public String mermaid(Map<String, Long> counts) {
		return new MermaidText(drawing(Objects.requireNonNull(counts, "counts"))).text();
	}

	/**
	 * Returns the diagram as Graphviz text.
	 * @return a {@code digraph}
	 */
	public String graphviz() {
		return new GraphvizText(drawing(Map.of())).text();
	}

	/**
	 * Returns the diagram as a picture, drawn without external tools.
	 * @return an SVG document
	 */
	public String svg() {
		return new SvgPicture(drawing(Map.of()), false).text();
	}

	/**
	 * Returns the diagram as a picture that shows how many machines are in each state,
	 * and that is dark in browsers set to a dark colour scheme.
	 * @param counts the numbers by state name, as returned by
	 * {@link StateMachines#counts}; a missing state has no count
	 * @return an SVG document
	 */
	public String svg(Map<String, Long> counts) {
		return new SvgPicture(drawing(Objects.requireNonNull(counts, "counts")), true).text();
	}

	/** Returns the content to draw. */
	Drawing drawing(Map<String, Long> counts) {
		return new Drawing(this.name, this.states, this.edges.stream().map(StateDiagram::arrow).toList(), this.current,
				Map.copyOf(counts));
	}

	private static Drawing.Arrow arrow(Edge edge) {
		return new Drawing.Arrow(edge.from(), edge.to(), edge.onTimeout(), edge.count());
	}

}
