package io.greenroom.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was measured for one table, and where. Kept beside the page in a file of lines
 * with tabs, so that the page can be written again, and compared, without another run.
 */
final class Results {

	private final String table;

	private final Form form;

	private final LocalDate date;

	private final String machine;

	private final Map<String, Figure> figures = new TreeMap<>();

	Results(String table, Form form, LocalDate date, String machine) {
		this.table = table;
		this.form = form;
		this.date = date;
		this.machine = machine;
	}

	/** Returns an empty set of results that are measured here and now. */
	static Results here(String table, Form form) {
		String machine = "%d cores, JDK %s".formatted(Runtime.getRuntime().availableProcessors(), Runtime.version());
		return new Results(table, form, LocalDate.now(), machine);
	}

	static Path file(Path directory, String table) {
		return directory.resolve(table + ".tsv");
	}

	/** Reads the results of a table. */
	static Results read(Path directory, String table) throws IOException {
		List<String> lines = Files.readAllLines(file(directory, table));
		String[] head = lines.getFirst().split("\t");
		Results results = new Results(table, Form.valueOf(head[0]), LocalDate.parse(head[1]), head[2]);
		for (String line : lines.subList(1, lines.size())) {
			String[] parts = line.split("\t");
			results.add(new Figure(parts[0], parts[1], Arrays.stream(parts).skip(2).map(Double::parseDouble).toList()));
		}
		return results;
	}

	void write(Path directory) throws IOException {
		List<String> lines = new ArrayList<>(
				List.of(String.join("\t", this.form.name(), this.date.toString(), this.machine)));
		for (Figure figure : this.figures.values()) {
			List<String> parts = new ArrayList<>(List.of(figure.id(), figure.unit()));
			figure.forks().forEach((value) -> parts.add(Amount.digits(value)));
			lines.add(String.join("\t", parts));
		}
		Files.createDirectories(directory);
		Files.writeString(file(directory, this.table), String.join("\n", lines) + "\n");
	}

	/** Adds a figure, or further forks of one that is there. */
	void add(Figure figure) {
		this.figures.merge(figure.id(), figure, Figure::and);
	}

	Figure get(String id) {
		Figure figure = this.figures.get(BenchmarkId.of(id).toString());
		if (figure == null) {
			throw new IllegalStateException(
					"The table '%s' needs %s, which its run has not measured; measured are %s. Run: %s"
						.formatted(this.table, id, this.figures.keySet(), command(this.form, this.table)));
		}
		return figure;
	}

	Form form() {
		return this.form;
	}

	/** Returns the line that says what was run, where and when. */
	String heading() {
		List<Integer> forks = this.figures.values()
			.stream()
			.map((figure) -> figure.forks().size())
			.distinct()
			.sorted()
			.toList();
		String count = forks.isEmpty() ? "0"
				: (forks.size() == 1) ? "" + forks.getFirst() : forks.getFirst() + " to " + forks.getLast();
		return "`%s`: %s, %s, %s.%s".formatted(command(this.form, this.table), this.date, this.machine,
				count.equals("1") ? "1 fork" : count + " forks",
				(this.form == Form.SHORT) ? " The short form gives an impression; it is not for judging." : "");
	}

	static String command(Form form, String table) {
		return "mvn -Pbench -pl autoconfigure process-test-classes -Dfigures=\"%s %s\"".formatted(form.argument(),
				table);
	}

}
