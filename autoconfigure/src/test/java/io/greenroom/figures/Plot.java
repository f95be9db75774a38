package io.greenroom.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Draws curves over powers of ten, as SVG that can be read on a light page and on a dark
 * one. Curves differ by their marks as well as by their colours.
 */
final class Plot {

	private static final int WIDTH = 720;

	private static final int HEIGHT = 400;

	private static final int LEFT = 70;

	private static final int RIGHT = 40;

	private static final int TOP = 35;

	private static final int BOTTOM = 110;

	private static final List<String> MARKS = List.of("<circle cx='%1$s' cy='%2$s' r='4'/>",
			"<path d='M%1$s,%2$sm-4,-4h8v8h-8z'/>", "<path d='M%1$s,%2$sm0,-5l5,9h-10z'/>",
			"<path d='M%1$s,%2$sm0,-5l5,5l-5,5l-5,-5z'/>", "<path d='M%1$s,%2$sm0,5l5,-9h-10z'/>",
			"<path d='M%1$s,%2$sm-5,-1h4v-4h2v4h4v2h-4v4h-2v-4h-4z'/>");

	private static final String STYLE = """
			<style>
			  text { font: 13px sans-serif; fill: #24292f }
			  .page { fill: #fff }
			  .grid { stroke: #d8dee4; stroke-width: 1 }
			  .axis { stroke: #57606a; stroke-width: 1.2 }
			  .flat { fill: #57606a; fill-opacity: 0.12 }
			  .curve { fill: none; stroke-width: 2 }
			  .c0 { stroke: #0550ae; --fill: #0550ae } .c1 { stroke: #a33c00; --fill: #a33c00 } .c2 { stroke: #116329; --fill: #116329 }
			  .c3 { stroke: #8250df; --fill: #8250df } .c4 { stroke: #8a6100; --fill: #8a6100 } .c5 { stroke: #6e7781; --fill: #6e7781 }
			  .mark { fill: var(--fill) }
			  @media (prefers-color-scheme: dark) {
			    text { fill: #e6edf3 }
			    .page { fill: #0d1117 }
			    .grid { stroke: #30363d }
			    .axis { stroke: #8b949e }
			    .flat { fill: #8b949e; fill-opacity: 0.2 }
			    .c0 { stroke: #79c0ff; --fill: #79c0ff } .c1 { stroke: #ffa657; --fill: #ffa657 } .c2 { stroke: #7ee787; --fill: #7ee787 }
			    .c3 { stroke: #d2a8ff; --fill: #d2a8ff } .c4 { stroke: #f2cc60; --fill: #f2cc60 } .c5 { stroke: #8c959f; --fill: #8c959f }
			  }
			</style>
			""";

	private final String title;

	private final String counts;

	private final String values;

	private final double limit;

	private final List<Curve> curves = new ArrayList<>();

	/**
	 * Creates a plot of relative costs.
	 * @param title what is shown
	 * @param counts what is counted, along the horizontal axis
	 * @param values what the values are, along the vertical axis
	 * @param limit the value up to which a curve is flat, above 1
	 */
	Plot(String title, String counts, String values, double limit) {
		this.title = title;
		this.counts = counts;
		this.values = values;
		this.limit = limit;
	}

	void curve(String name, List<Integer> counts, List<Double> values) {
		this.curves.add(new Curve(name, counts, values));
	}

	String svg() {
		StringBuilder svg = new StringBuilder();
		svg.append(
				"<svg xmlns='http://www.w3.org/2000/svg' width='%1$d' height='%2$d' viewBox='0 0 %1$d %2$d' role='img'>%n"
					.formatted(WIDTH, HEIGHT));
		svg.append("<title>%s</title>%n<desc>%s</desc>%n".formatted(escaped(this.title), escaped(description())));
		svg.append(STYLE);
		svg.append("<rect class='page' width='%d' height='%d'/>%n".formatted(WIDTH, HEIGHT));
		svg.append("<text x='%d' y='20'>%s</text>%n".formatted(LEFT, escaped(this.title)));
		svg.append("<rect class='flat' x='%d' y='%s' width='%d' height='%s'/>%n".formatted(LEFT, y(this.limit),
				WIDTH - LEFT - RIGHT, number(pixelsDown(1 / this.limit) - pixelsDown(this.limit))));
		vertical(svg);
		horizontal(svg);
		for (int i = 0; i < this.curves.size(); i++) {
			draw(svg, i);
		}
		return svg.append("</svg>\n").toString();
	}

	/** What somebody hears who does not see it. */
	private String description() {
		return this.curves.stream()
			.map((curve) -> curve.name + ": "
					+ IntStream.range(0, curve.counts.size())
						.mapToObj(
								(i) -> "%s among %d".formatted(Amount.ratio(curve.values.get(i)), curve.counts.get(i)))
						.collect(Collectors.joining(", ")))
			.collect(Collectors.joining("; "));
	}

	private void vertical(StringBuilder svg) {
		double step = step();
		for (int i = 0; i * step <= highest() + 1e-9; i++) {
			String y = y(i * step);
			svg.append("<line class='%s' x1='%d' y1='%s' x2='%d' y2='%s'/>%n".formatted((i == 0) ? "axis" : "grid",
					LEFT, y, WIDTH - RIGHT, y));
			svg.append("<text x='%d' y='%s' text-anchor='end' dominant-baseline='central'>%s</text>%n"
				.formatted(LEFT - 8, y, Amount.plain(i * step)));
		}
		int middle = (TOP + HEIGHT - BOTTOM) / 2;
		svg.append("<text x='18' y='%1$d' text-anchor='middle' transform='rotate(-90 18 %1$d)'>%2$s</text>%n"
			.formatted(middle, escaped(this.values)));
	}

	private void horizontal(StringBuilder svg) {
		int bottom = HEIGHT - BOTTOM;
		for (int count : counts()) {
			String x = x(count);
			svg.append("<line class='%s' x1='%s' y1='%d' x2='%s' y2='%d'/>%n".formatted((count == 1) ? "axis" : "grid",
					x, TOP, x, bottom));
			svg.append("<text x='%s' y='%d' text-anchor='middle'>%s</text>%n".formatted(x, bottom + 18,
					String.format(Locale.ROOT, "%,d", count).replace(',', ' ')));
		}
		svg.append("<text x='%d' y='%d' text-anchor='middle'>%s</text>%n".formatted((LEFT + WIDTH - RIGHT) / 2,
				bottom + 38, escaped(this.counts)));
	}

	private void draw(StringBuilder svg, int number) {
		Curve curve = this.curves.get(number);
		String colour = "c" + number % MARKS.size();
		String points = IntStream.range(0, curve.counts.size())
			.mapToObj((i) -> x(curve.counts.get(i)) + "," + y(curve.values.get(i)))
			.collect(Collectors.joining(" "));
		svg.append("<polyline class='curve %s' points='%s'/>%n".formatted(colour, points));
		svg.append("<g class='mark %s'>".formatted(colour));
		for (int i = 0; i < curve.counts.size(); i++) {
			svg.append(mark(number, x(curve.counts.get(i)), y(curve.values.get(i))));
		}
		int column = LEFT + (number % 2) * (WIDTH - LEFT - RIGHT) / 2;
		int line = HEIGHT - BOTTOM + 60 + (number / 2) * 20;
		svg.append(mark(number, "" + (column + 6), "" + line)).append("</g>\n");
		svg.append("<text x='%d' y='%d' dominant-baseline='central'>%s</text>%n".formatted(column + 18, line,
				escaped(curve.name)));
	}

	private static String mark(int number, String x, String y) {
		return MARKS.get(number % MARKS.size()).formatted(x, y);
	}

	private List<Integer> counts() {
		return this.curves.stream().flatMap((curve) -> curve.counts.stream()).distinct().sorted().toList();
	}

	/** Returns the top of the scale, a multiple of its steps. */
	private double highest() {
		return Math.ceil(most() / step()) * step();
	}

	private double step() {
		return (most() <= 2) ? 0.5
				: (most() <= 5) ? 1 : (most() <= 10) ? 2 : Math.pow(10, Math.floor(Math.log10(most())));
	}

	private double most() {
		return Math.max(1.5,
				this.curves.stream()
					.flatMap((curve) -> curve.values.stream())
					.mapToDouble((value) -> value)
					.max()
					.orElse(1));
	}

	private String x(int count) {
		double most = Math.log10(counts().getLast());
		return number(LEFT + Math.log10(count) / most * (WIDTH - LEFT - RIGHT));
	}

	private String y(double value) {
		return number(pixelsDown(value));
	}

	private double pixelsDown(double value) {
		int bottom = HEIGHT - BOTTOM;
		return bottom - value / highest() * (bottom - TOP);
	}

	private static String number(double pixels) {
		return String.format(Locale.ROOT, "%.1f", pixels);
	}

	private static String escaped(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

	private record Curve(String name, List<Integer> counts, List<Double> values) {

	}

}
