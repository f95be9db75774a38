package io.greenroom.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the benchmarks and writes the tables of {@code docs/performance.md} from their
 * results: <pre>
 * mvn -Pbench -pl autoconfigure process-test-classes -Dfigures=short
 * mvn -Pbench -pl autoconfigure process-test-classes -Dfigures=long
 * mvn -Pbench -pl autoconfigure process-test-classes -Dfigures="long sync oneway"
 * mvn -Pbench -pl autoconfigure process-test-classes -Dfigures=write
 * </pre> The third command measures the tables named; the last one measures nothing, and
 * writes the page from the results in {@code docs/figures}. {@link Tables} says what is
 * measured. A table is written as soon as it is complete, so a run that is ended loses
 * only the table at which it was.
 */
public final class Figures {

	private static final String USAGE = "Say what to run: short, long or write, and which tables if not all of ";

	private final Path docs;

	Figures(Path docs) {
		this.docs = docs;
	}

	/**
	 * Measures and writes.
	 * @param args {@code short}, {@code long} or {@code write}, and the names of tables;
	 * none for all
	 * @throws Exception if the page cannot be written
	 */
	public static void main(String[] args) throws Exception {
		Optional<Form> form = Arrays.stream(Form.values())
			.filter((each) -> each.argument().equals(first(args)))
			.findAny();
		if (form.isEmpty() && !first(args).equals("write")) {
			System.err.println(USAGE + Tables.all().stream().map(Table::name).toList());
			System.exit(2);
		}
		List<Table> tables = Tables.named(List.of(args).subList(1, args.length));
		Figures figures = new Figures(Path.of("..", "docs"));
		List<String> failed = new ArrayList<>();
		Instant start = Instant.now();
		if (form.isPresent()) {
			failed.addAll(figures.measure(tables, form.get()));
		}
		else {
			figures.write(tables);
		}
		System.out.printf("Written to %s after %d min%n", figures.page().normalize(),
				Duration.between(start, Instant.now()).toMinutes());
		failed.forEach((line) -> System.err.println("FAILED " + line));
		System.exit(failed.isEmpty() ? 0 : 1);
	}

	private static String first(String[] args) {
		return (args.length > 0) ? args[0] : "";
	}

	/** Returns what went wrong; the other tables are complete. */
	private List<String> measure(List<Table> tables, Form form) throws IOException, InterruptedException {
		Runner runner = new Runner(Path.of("target", "figures", form.argument()));
		List<String> failed = new ArrayList<>();
		for (Table table : tables) {
			if (table.ids(form).isEmpty()) {
				System.out.printf("%-12s only in the long form%n", table.name());
				continue;
			}
			try {
				runner.measure(table, form).write(results());
				write(List.of(table));
			}
			catch (IllegalStateException ex) {
				failed.add(table.name() + ": " + ex.getMessage());
			}
		}
		return failed;
	}

	/** Writes the parts of the page, and its pictures, from the results. */
	void write(List<Table> tables) throws IOException {
		for (Map.Entry<Path, String> file : files(tables).entrySet()) {
			Files.createDirectories(file.getKey().getParent());
			Files.writeString(file.getKey(), file.getValue());
		}
	}

	/** Returns the files that show the results, as they should be. */
	Map<Path, String> files(List<Table> tables) throws IOException {
		Map<String, String> contents = new LinkedHashMap<>();
		Map<Path, String> files = new LinkedHashMap<>();
		for (Table table : tables) {
			if (!Files.exists(Results.file(results(), table.name()))) {
				contents.put(table.name(),
						"Not measured yet: `%s`.".formatted(Results.command(Form.LONG, table.name())));
				continue;
			}
			Results results = Results.read(results(), table.name());
			contents.put(table.name(), table.markdown(results));
			table.pictures(results).forEach((name, svg) -> files.put(results().resolve(name), svg));
		}
		files.put(page(), new Page(Files.readString(page())).with(contents));
		return files;
	}

	Path page() {
		return this.docs.resolve("performance.md");
	}

	private Path results() {
		return this.docs.resolve("figures");
	}

}
