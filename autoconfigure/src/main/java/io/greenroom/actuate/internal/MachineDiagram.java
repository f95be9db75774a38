package io.greenroom.actuate.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.greenroom.state.StateDescriptor;
import io.greenroom.state.StateDiagram;

/**
 * The states of a class and the moves between them, with the current number of machines
 * in each state and how often each move was made since the start.
 *
 * @param machine the name of the machines' class
 * @param states the states, sorted by name
 * @param moves the declared moves
 */
public record MachineDiagram(String machine, List<Node> states, List<Move> moves) {

	/** Copies the given lists. */
	public MachineDiagram {
		states = List.copyOf(states);
		moves = List.copyOf(moves);
	}

	/**
	 * A state.
	 *
	 * @param name the name of the state
	 * @param initial whether a machine can start in this state
	 * @param end whether the state has no successor
	 * @param count the number of machines in the state
	 */
	public record Node(String name, boolean initial, boolean end, long count) {

	}

	/**
	 * A declared move.
	 *
	 * @param from the state that is left
	 * @param to the state that is entered
	 * @param onTimeout whether machines make the move by themselves when the state's
	 * timeout expires
	 * @param count how often machines have made the move
	 */
	public record Move(String from, String to, boolean onTimeout, long count) {

	}

	static MachineDiagram of(Class<?> type, GreenroomDumps dumps) {
		StateDiagram declared = StateDiagram.of(type);
		String machine = type.getName();
		return new MachineDiagram(machine,
				declared.states().stream().map((state) -> node(state, dumps.count(machine, state.name()))).toList(),
				declared.edges()
					.stream()
					.map((edge) -> new Move(edge.from(), edge.to(), edge.onTimeout(),
							dumps.moves(machine, edge.from(), edge.to())))
					.toList());
	}

	private static Node node(StateDescriptor state, long count) {
		return new Node(state.name(), state.initial(), state.transitionsTo().isEmpty(), count);
	}

	/** Returns the diagram as an SVG picture or as Mermaid text. */
	static String drawn(Class<?> type, GreenroomDumps dumps, boolean picture) {
		StateDiagram declared = StateDiagram.of(type);
		String machine = type.getName();
		Map<String, Long> counts = new HashMap<>();
		declared.states().forEach((state) -> counts.put(state.name(), dumps.count(machine, state.name())));
		StateDiagram counted = new StateDiagram(declared.name(), declared.states(),
				declared.edges().stream().map((edge) -> counted(edge, machine, dumps)).toList(), null);
		return picture ? counted.svg(counts) : counted.mermaid(counts);
	}

	private static StateDiagram.Edge counted(StateDiagram.Edge edge, String machine, GreenroomDumps dumps) {
		return new StateDiagram.Edge(edge.from(), edge.to(), edge.onTimeout(),
				(int) Math.min(Integer.MAX_VALUE, dumps.moves(machine, edge.from(), edge.to())));
	}

}
