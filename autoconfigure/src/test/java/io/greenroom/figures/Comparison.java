package io.greenroom.figures;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * A table that has our figures beside those of others: a line for each comparison, with
 * their ratio, its spread over the forks, and the verdict.
 * <p>
 * Forks of both sides alternate. So the spread is that of the ratios within a round.
 *
 * @param name the table's name
 * @param rows what it shows
 * @param ownOptions JMH's options in the forms that need others than usual
 */
record Comparison(String name, List<Row> rows, Map<Form, String> ownOptions) implements Table {

	private static final String HEAD = """
			| path | ours | beside it | its figure | ratio | spread | goal | verdict |
			|---|---|---|---|---|---|---|---|
			""";

	Comparison {
		rows = List.copyOf(rows);
	}

	static Comparison of(String name, Row... rows) {
		return new Comparison(name, List.of(rows), Map.of());
	}

	Comparison with(String shortOptions, String longOptions) {
		return new Comparison(this.name, this.rows, Map.of(Form.SHORT, shortOptions, Form.LONG, longOptions));
	}

	/** Has the short form leave the whole table out. */
	Comparison inLongForm() {
		return new Comparison(this.name, this.rows.stream().map(Row::inLongForm).toList(), this.ownOptions);
	}

	@Override
	public String options(Form form) {
		return this.ownOptions.getOrDefault(form, form.options());
	}

	@Override
	public List<BenchmarkId> ids(Form form) {
		Set<String> ids = new LinkedHashSet<>();
		for (Row row : rows(form)) {
			ids.add(row.ours());
			row.beside().stream().filter((beside) -> beside.id() != null).forEach((beside) -> ids.add(beside.id()));
		}
		return ids.stream().map(BenchmarkId::of).toList();
	}

	private List<Row> rows(Form form) {
		return this.rows.stream().filter((row) -> form == Form.LONG || !row.onlyLong()).toList();
	}

	@Override
	public String markdown(Results results) {
		StringBuilder text = new StringBuilder(results.heading());
		List<Row> shown = rows(results.form());
		if (shown.size() < this.rows.size()) {
			text.append(" It leaves out %d of the rows.".formatted(this.rows.size() - shown.size()));
		}
		text.append("\n\n").append(HEAD);
		for (Row row : shown) {
			lines(row, results).forEach((line) -> text.append("| ").append(String.join(" | ", line)).append(" |\n"));
		}
		return text.toString();
	}

	private static List<List<String>> lines(Row row, Results results) {
		Figure ours = results.get(row.ours());
		List<List<String>> lines = new ArrayList<>();
		for (Row.Beside beside : row.beside()) {
			boolean first = lines.isEmpty();
			lines.add(line(first ? row.path() : "", first ? text(ours) : "", ours, beside, results));
		}
		return lines.isEmpty()
				? List.of(List.of(row.path(), text(ours), "", "", "", spread(ours.forks(), ours.unit()), "", ""))
				: lines;
	}

	private static List<String> line(String path, String text, Figure ours, Row.Beside beside, Results results) {
		Goal goal = beside.goal();
		Goal.Of of = (goal != null) ? goal.of() : Goal.Of.RATIO;
		Figure its = (beside.id() != null) ? results.get(beside.id()) : null;
		if (its != null && !its.unit().equals(ours.unit())) {
			throw new IllegalStateException(
					"%s is in %s, and %s in %s".formatted(ours.id(), ours.unit(), its.id(), its.unit()));
		}
		double median = of.apply(ours.median(), (its != null) ? its.median() : Double.NaN);
		List<Double> forks = forks(of, ours, its);
		return List.of(path, text, beside.name(), (its != null) ? text(its) : "", ratio(of, median, ours.unit()),
				spread(forks, (of != Goal.Of.RATIO) ? ours.unit() : null), (goal != null) ? goal.toString() : "",
				(goal != null) ? goal.verdict(results.form(), median, forks) : "");
	}

	private static String ratio(Goal.Of of, double median, String unit) {
		return switch (of) {
			case RATIO -> Amount.ratio(median);
			case DIFFERENCE -> ((median >= 0) ? "+" : "") + Amount.text(median, unit);
			case VALUE -> "";
		};
	}

	private static List<Double> forks(Goal.Of of, Figure ours, @Nullable Figure its) {
		int pairs = (its != null) ? Math.min(ours.forks().size(), its.forks().size()) : ours.forks().size();
		return IntStream.range(0, pairs)
			.mapToObj((i) -> of.apply(ours.forks().get(i), (its != null) ? its.forks().get(i) : Double.NaN))
			.toList();
	}

	private static String text(Figure figure) {
		return Amount.text(figure.median(), figure.unit());
	}

	static String spread(List<Double> values, @Nullable String unit) {
		if (values.size() < 2) {
			return "one fork";
		}
		double lowest = values.stream().mapToDouble((value) -> value).min().orElseThrow();
		double highest = values.stream().mapToDouble((value) -> value).max().orElseThrow();
		return (unit != null) ? Amount.text(lowest, unit) + " to " + Amount.text(highest, unit)
				: Amount.ratio(lowest) + " to " + Amount.ratio(highest);
	}

}
