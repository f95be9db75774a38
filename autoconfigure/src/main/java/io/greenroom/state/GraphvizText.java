package io.greenroom.state;

/** Writes a diagram in the Graphviz language. */
final class GraphvizText {

	private final Drawing diagram;

	private final StringBuilder text = new StringBuilder();

	GraphvizText(Drawing diagram) {
		this.diagram = diagram;
	}

	String text() {
		this.text.append("digraph ").append(quoted(this.diagram.name())).append(" {\n");
		line("node [shape=box, style=rounded, fontname=\"sans-serif\"]");
		line("edge [fontname=\"sans-serif\", fontsize=11]");
		// No state can have this name.
		line("\"[*]\" [shape=point, width=0.15]");
		for (StateDescriptor state : this.diagram.states()) {
			String look = state.transitionsTo().isEmpty() ? "peripheries=2" : "";
			if (state.name().equals(this.diagram.current())) {
				look += (look.isEmpty() ? "" : ", ") + "style=\"rounded,filled\", fillcolor=\"#cfe8cf\", penwidth=2";
			}
			line(quoted(state.name()) + (look.isEmpty() ? "" : " [" + look + "]"));
		}
		this.diagram.starts().forEach((state) -> line("\"[*]\" -> " + quoted(state.name())));
		for (Drawing.Arrow edge : this.diagram.arrows()) {
			String label = this.diagram.label(edge);
			String look = label.isEmpty() ? "" : "label=" + quoted(label);
			if (edge.onTimeout()) {
				look += ", style=dashed";
			}
			line(quoted(edge.from()) + " -> " + quoted(edge.to()) + (look.isEmpty() ? "" : " [" + look + "]"));
		}
		String remark = this.diagram.remark();
		if (remark != null) {
			line("label=" + quoted(remark) + "; fontname=\"sans-serif\"; fontsize=11");
		}
		return this.text.append("}\n").toString();
	}

	private static String quoted(String text) {
		return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

	private void line(String line) {
		this.text.append("    ").append(line).append(";\n");
	}

}
