package io.greenroom.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A table, and a picture, of what an operation costs the more there are of something.
 * From ten on, the cost is to be the same.
 *
 * @param name the table's name
 * @param curves what grows
 */
record Growth(String name, List<Curve> curves) implements Table {

	/** Of the highest cost from here on, to the lowest. */
	static final int FROM = 10;

	static final List<Integer> COUNTS = List.of(1, 10, 100, 1000, 10_000);

	/** Those of the short form, which leaves out the peers as well. */
	static final List<Integer> FEW = List.of(FROM, 10_000);

	static final Goal FLAT = Goal.atMost(1.3);

	/**
	 * JMH's options in the short form: an application that is just started has much to
	 * compile.
	 */
	static final String QUICK = "-wi 3 -w 300ms -i 3 -r 200ms";

	Growth {
		curves = List.copyOf(curves);
	}

	static Growth of(String name, Curve... curves) {
		return new Growth(name, List.of(curves));
	}

	@Override
	public String options(Form form) {
		return (form == Form.SHORT) ? QUICK : form.options();
	}

	@Override
	public List<BenchmarkId> ids(Form form) {
		return curves(form).stream()
			.flatMap((curve) -> counts(form).stream().map(curve::id))
			.map(BenchmarkId::of)
			.toList();
	}

	private static List<Integer> counts(Form form) {
		return (form == Form.SHORT) ? FEW : COUNTS;
	}

	private List<Curve> curves(Form form) {
		return this.curves.stream().filter((curve) -> form == Form.LONG || !curve.isPeer()).toList();
	}

	@Override
	public String markdown(Results results) {
		StringBuilder text = new StringBuilder(results.heading()).append("\n\n");
		List<Integer> counts = counts(results.form());
		text.append("![Cost of an operation, relative to that among 10, for %s to %s](figures/%s)%n%n"
			.formatted(count(counts.getFirst()), count(counts.getLast()), picture()));
		text.append("| number of |");
		counts.forEach((count) -> text.append(" %s |".formatted(count(count))));
		text.append(" highest to lowest from %d on | spread | goal | verdict |%n".formatted(FROM));
		text.append("|---|").append("---|".repeat(counts.size() + 4)).append("\n");
		for (Curve curve : curves(results.form())) {
			text.append("| ").append(String.join(" | ", line(curve, results))).append(" |\n");
		}
		return text.toString();
	}

	private static String count(int count) {
		return Amount.text(count, "/").replace("/", "").strip();
	}

	private static List<String> line(Curve curve, Results results) {
		List<Integer> counts = counts(results.form());
		List<Figure> figures = counts.stream().map(curve::id).map(results::get).toList();
		List<String> line = new ArrayList<>(List.of(curve.label()));
		figures.forEach((figure) -> line.add(Amount.text(figure.median(), figure.unit())));
		List<Figure> judged = figures.subList(counts.indexOf(FROM), counts.size());
		double ratio = highestToLowest(judged.stream().map(Figure::median).toList());
		List<Double> forks = IntStream
			.range(0, judged.stream().mapToInt((figure) -> figure.forks().size()).min().orElseThrow())
			.mapToObj((fork) -> highestToLowest(judged.stream().map((figure) -> figure.forks().get(fork)).toList()))
			.toList();
		line.add(Amount.ratio(ratio));
		line.add(Comparison.spread(forks, null));
		line.add(curve.isPeer() ? "" : FLAT.toString());
		line.add(curve.isPeer() ? "" : FLAT.verdict(results.form(), ratio, forks));
		return line;
	}

	private static double highestToLowest(List<Double> values) {
		double lowest = values.stream().mapToDouble((value) -> value).min().orElseThrow();
		return values.stream().mapToDouble((value) -> value).max().orElseThrow() / lowest;
	}

	@Override
	public Map<String, String> pictures(Results results) {
		Plot plot = new Plot(
				"What an operation costs the more there are; grey is flat within %s"
					.formatted(Amount.plain(FLAT.limit())),
				"handlers, keys, machines or callers", "cost, relative to that among " + FROM, FLAT.limit());
		List<Integer> counts = counts(results.form());
		for (Curve curve : curves(results.form())) {
			double unit = results.get(curve.id(FROM)).median();
			plot.curve(curve.label(), counts,
					counts.stream().map((count) -> results.get(curve.id(count)).median() / unit).toList());
		}
		return Map.of(picture(), plot.svg());
	}

	private String picture() {
		return this.name + ".svg";
	}

	/**
	 * What grows.
	 *
	 * @param label what is counted, and what is done
	 * @param benchmark the benchmark's name without parameters
	 * @param param the parameter that counts
	 * @param isPeer whether it is there for comparison, and held to nothing
	 */
	record Curve(String label, String benchmark, String param, boolean isPeer) {

		Curve(String label, String benchmark, String param) {
			this(label, benchmark, param, false);
		}

		static Curve peer(String label, String benchmark, String param) {
			return new Curve(label, benchmark, param, true);
		}

		String id(int count) {
			return this.benchmark + "[" + this.param + "=" + count + "]";
		}

	}

}
