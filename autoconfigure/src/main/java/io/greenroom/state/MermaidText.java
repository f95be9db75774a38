package io.greenroom.state;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes a diagram in the Mermaid language. */
final class MermaidText {

	/** Words that have a special meaning in a state diagram. */
	private static final Set<String> RESERVED = Set.of("as", "choice", "class", "classdef", "click", "default",
			"direction", "end", "fork", "hide", "href", "join", "note", "of", "scale", "state", "statediagram", "style",
			"title", "accdescr", "acctitle");

	private final Drawing diagram;

	private final Map<String, String> ids = new HashMap<>();

	private final StringBuilder text = new StringBuilder("stateDiagram-v2\n");

	MermaidText(Drawing diagram) {
		this.diagram = diagram;
	}

	String text() {
		this.diagram.states().forEach(this::name);
		this.diagram.starts().forEach((state) -> line("[*] --> " + id(state.name())));
		for (Drawing.Arrow edge : this.diagram.arrows()) {
			String label = this.diagram.label(edge);
			line(id(edge.from()) + " --> " + id(edge.to()) + (label.isEmpty() ? "" : " : " + label));
		}
		this.diagram.states()
			.stream()
			.filter((state) -> state.transitionsTo().isEmpty())
			.forEach((state) -> line(id(state.name()) + " --> [*]"));
		String remark = this.diagram.remark();
		if (remark != null) {
			line("note right of " + id(this.diagram.states().getFirst().name()) + " : " + remark);
		}
		if (this.diagram.current() != null) {
			line("classDef current fill:#cfe8cf,stroke:#2f6f2f,stroke-width:2px");
			line("class " + id(this.diagram.current()) + " current");
		}
		return this.text.toString();
	}

	/**
	 * Writes an alias for a state whose name Mermaid would not accept, or that has a
	 * count.
	 */
	private void name(StateDescriptor described) {
		String state = described.name();
		String label = this.diagram.label(described);
		if (label.equals(state) && state.matches("[A-Za-z][A-Za-z0-9_]*")
				&& !RESERVED.contains(state.toLowerCase(Locale.ROOT))) {
			this.ids.put(state, state);
			return;
		}
		String id = "_" + this.ids.size();
		this.ids.put(state, id);
		line("state \"" + label.replace("#", "#35;").replace("\"", "#quot;") + "\" as " + id);
	}

	private String id(String state) {
		return this.ids.getOrDefault(state, state);
	}

	private void line(String line) {
		this.text.append("    ").append(line).append('\n');
	}

}
