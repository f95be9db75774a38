package io.greenroom.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Draws a diagram with its layout. */
final class SvgPicture {

	private static final String STYLE = """
			<style>
			  text { font: 13px sans-serif; text-anchor: middle; dominant-baseline: central; fill: #222 }
			  .edge { fill: none; stroke: #555; stroke-width: 1.2; marker-end: url(#arrow) }
			  .timeout { stroke-dasharray: 5 3 }
			  .label { font-size: 11px; fill: #555; paint-order: stroke; stroke: #fff; stroke-width: 4px }
			  .state { fill: #f6f6f6; stroke: #555; stroke-width: 1.2 }
			  .end { fill: none }
			  .current { fill: #cfe8cf; stroke: #2f6f2f; stroke-width: 2 }
			</style>
			""";

	/** Follows the other style, and changes it for readers who prefer dark pages. */
	private static final String ADAPTING = """
			<style>
			  svg { background: #fff; color-scheme: light dark }
			  .busy { fill: #cfe8cf; stroke: #2f6f2f; stroke-width: 2 }
			  @media (prefers-color-scheme: dark) {
			    svg { background: #1e1f22 }
			    text { fill: #e4e4e4 }
			    .edge, .state { stroke: #a8a8a8 }
			    .label { fill: #b8b8b8; stroke: #1e1f22 }
			    .state { fill: #2b2d31 }
			    .end { fill: none }
			    .busy { fill: #28482c; stroke: #7fc47f }
			    #arrow path, circle { fill: #a8a8a8 }
			  }
			</style>
			""";

	private final Drawing diagram;

	/** Whether it follows the colour scheme that its reader prefers. */
	private final boolean adapting;

	private final DiagramLayout layout;

	/** Where each line meets the box above it and the one below it. */
	private final Map<DiagramLayout.Line, Integer> upperEnds = new HashMap<>();

	private final Map<DiagramLayout.Line, Integer> lowerEnds = new HashMap<>();

	private final StringBuilder text = new StringBuilder();

	SvgPicture(Drawing diagram, boolean adapting) {
		this.diagram = diagram;
		this.adapting = adapting;
		this.layout = new DiagramLayout(diagram);
		for (StateDescriptor state : diagram.states()) {
			DiagramLayout.Place box = this.layout.box(state.name());
			share(box, leading(box, 0), 1, this.upperEnds);
			share(box, leading(box, 1), -1, this.lowerEnds);
		}
	}

	String text() {
		String name = escaped(this.diagram.name());
		String remark = this.diagram.remark();
		int width = Math.max(this.layout.width(), (remark != null) ? DiagramLayout.width(remark) : 0);
		int height = this.layout.height() + ((remark != null) ? DiagramLayout.HEIGHT : 0);
		add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$s\" height=\"%2$s\" viewBox=\"0 0 %1$s %2$s\" role=\"img\">"
			.formatted(width, height));
		add("<title>" + name + "</title>");
		this.text.append(STYLE);
		if (this.adapting) {
			this.text.append(ADAPTING);
		}
		add("<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0,0L8,4L0,8z\" fill=\"#555\"/></marker></defs>");
		this.diagram.starts().forEach(this::start);
		this.layout.lines().forEach(this::line);
		this.diagram.states().forEach(this::box);
		this.layout.lines().forEach(this::label);
		if (remark != null) {
			add("<text class=\"label\" x=\"%s\" y=\"%s\">%s</text>".formatted(width / 2,
					height - DiagramLayout.HEIGHT / 2, escaped(remark)));
		}
		add("</svg>");
		return this.text.toString();
	}

	/** Returns the lines that leave a box downwards (0), or enter it from above (1). */
	private List<DiagramLayout.Line> leading(DiagramLayout.Place box, int side) {
		return this.layout.lines()
			.stream()
			.filter((line) -> line.places().getFirst() != line.places().getLast())
			.filter((line) -> ((side == 0) ? line.places().getFirst() : line.places().getLast()) == box)
			.toList();
	}

	/**
	 * Distributes the lines along the side of a box, in the order in which they continue.
	 */
	private static void share(DiagramLayout.Place box, List<DiagramLayout.Line> lines, int step,
			Map<DiagramLayout.Line, Integer> ends) {
		List<DiagramLayout.Line> sorted = new ArrayList<>(lines);
		sorted.sort(Comparator.comparingInt((line) -> line.places().get((step > 0) ? 1 : line.places().size() - 2).x));
		for (int i = 0; i < sorted.size(); i++) {
			ends.put(sorted.get(i), box.x - box.width / 2 + box.width * (i + 1) / (sorted.size() + 1));
		}
	}

	private List<int[]> points(DiagramLayout.Line line) {
		List<int[]> points = new ArrayList<>();
		List<DiagramLayout.Place> places = line.places();
		points
			.add(new int[] { this.upperEnds.getOrDefault(line, 0), places.getFirst().y() + DiagramLayout.HEIGHT / 2 });
		for (DiagramLayout.Place place : places.subList(1, places.size() - 1)) {
			points.add(new int[] { place.x, place.y() });
		}
		points.add(new int[] { this.lowerEnds.getOrDefault(line, 0), places.getLast().y() - DiagramLayout.HEIGHT / 2 });
		return line.upwards() ? points.reversed() : points;
	}

	private static boolean isLoop(DiagramLayout.Line line) {
		return line.places().getFirst() == line.places().getLast();
	}

	private void line(DiagramLayout.Line line) {
		StringBuilder path = new StringBuilder();
		if (isLoop(line)) {
			DiagramLayout.Place box = line.places().getFirst();
			int right = box.x + box.width / 2;
			path.append("M%s,%sc30,-14 30,22 0,14".formatted(right, box.y() - 7));
		}
		else {
			List<int[]> points = points(line);
			int[] from = points.getFirst();
			path.append("M%s,%s".formatted(from[0], from[1]));
			for (int[] to : points.subList(1, points.size())) {
				int middle = (from[1] + to[1]) / 2;
				path.append("C%s,%s %s,%s %s,%s".formatted(from[0], middle, to[0], middle, to[0], to[1]));
				from = to;
			}
		}
		add("<path class=\"edge%s\" d=\"%s\"/>".formatted(line.edge().onTimeout() ? " timeout" : "", path));
	}

	private void label(DiagramLayout.Line line) {
		String label = this.diagram.label(line.edge());
		if (label.isEmpty()) {
			return;
		}
		int x;
		int y;
		if (isLoop(line)) {
			DiagramLayout.Place box = line.places().getFirst();
			x = box.x + box.width / 2 + 24;
			y = box.y() - 16;
		}
		else {
			List<int[]> points = points(line);
			int[] before = points.get((points.size() - 1) / 2);
			int[] after = points.get((points.size() - 1) / 2 + 1);
			x = (before[0] + after[0]) / 2;
			y = (before[1] + after[1]) / 2;
		}
		add("<text class=\"label\" x=\"%s\" y=\"%s\">%s</text>".formatted(x, y, escaped(label)));
	}

	private void start(StateDescriptor state) {
		DiagramLayout.Place box = this.layout.box(state.name());
		int x = box.x - box.width / 2 - 20;
		add("<circle cx=\"%s\" cy=\"%s\" r=\"4\" fill=\"#555\"/>".formatted(x, box.y()));
		add("<path class=\"edge\" d=\"M%s,%sh16\"/>".formatted(x + 4, box.y()));
	}

	private void box(StateDescriptor state) {
		DiagramLayout.Place box = this.layout.box(state.name());
		boolean current = state.name().equals(this.diagram.current());
		boolean busy = this.diagram.counts().getOrDefault(state.name(), 0L) > 0;
		rect(box, 0, current ? "state current" : busy ? "state busy" : "state");
		if (state.transitionsTo().isEmpty()) {
			rect(box, 3, "state end");
		}
		add("<text x=\"%s\" y=\"%s\">%s</text>".formatted(box.x, box.y(), escaped(this.diagram.label(state))));
	}

	private void rect(DiagramLayout.Place box, int inset, String look) {
		add("<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"8\"/>".formatted(look,
				box.x - box.width / 2 + inset, box.y() - DiagramLayout.HEIGHT / 2 + inset, box.width - 2 * inset,
				DiagramLayout.HEIGHT - 2 * inset));
	}

	private static String escaped(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
	}

	private void add(String line) {
		this.text.append(line).append('\n');
	}

}
