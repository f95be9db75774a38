package io.greenroom.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures what a table shows. Each fork of a benchmark is followed by those of what it
 * is compared with, and only then by its next one, so that a machine that becomes slower
 * favours nobody.
 */
final class Runner {

	private static final String PACKAGE = "io.greenroom.bench.";

	private static final List<String> JVM = List.of("-Xmx2g",
			"-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener", "-cp",
			System.getProperty("java.class.path"));

	private final Path work;

	Runner(Path work) {
		this.work = work;
	}

	Results measure(Table table, Form form) throws IOException, InterruptedException {
		Results results = Results.here(table.name(), form);
		Files.createDirectories(this.work);
		List<BenchmarkId> ids = table.ids(form);
		int rounds = form.forks();
		for (int round = 1; round <= rounds; round++) {
			Instant start = Instant.now();
			for (List<BenchmarkId> group : groups(ids)) {
				String log = "%s-%d-%s".formatted(table.name(), round, group.getFirst()).replaceAll("[^\\w=.-]+", "-");
				Program program = Program.of(group.getFirst());
				List<Figure> figures = (program != null) ? run(program, form, group, log)
						: jmh(group, table.options(form), log);
				figures.forEach(results::add);
			}
			System.out.printf("%-12s fork %d of %d, %d s%n", table.name(), round, rounds,
					Duration.between(start, Instant.now()).toSeconds());
		}
		ids.forEach((id) -> results.get(id.toString()));
		return results;
	}

	/**
	 * What one JVM can measure one after the other: with the same parameters, or by the
	 * same program.
	 */
	static List<List<BenchmarkId>> groups(List<BenchmarkId> ids) {
		Map<Object, List<BenchmarkId>> groups = ids.stream()
			.collect(Collectors.groupingBy((id) -> (Program.of(id) != null) ? id.type() : id.params(),
					LinkedHashMap::new, Collectors.toList()));
		return List.copyOf(groups.values());
	}

	private List<Figure> jmh(List<BenchmarkId> group, String options, String log)
			throws IOException, InterruptedException {
		Path json = this.work.resolve(log + ".json");
		Files.deleteIfExists(json);
		List<String> arguments = new ArrayList<>(
				List.of("org.openjdk.jmh.Main", "-f", "1", "-foe", "true", "-rf", "json", "-rff", json.toString()));
		arguments.addAll(List.of(options.split(" ")));
		group.getFirst()
			.params()
			.forEach((name, value) -> arguments
				.addAll(name.equals(BenchmarkId.THREADS) ? List.of("-t", value) : List.of("-p", name + "=" + value)));
		group.forEach((id) -> arguments.add("^" + (PACKAGE + id.type() + "." + id.method()).replace(".", "\\.") + "$"));
		java(JVM, arguments, log);
		return JmhJson.read(json);
	}

	private List<Figure> run(Program program, Form form, List<BenchmarkId> group, String log)
			throws IOException, InterruptedException {
		List<String> jvm = new ArrayList<>(JVM);
		jvm.addAll(program.jvm());
		List<String> arguments = new ArrayList<>(List.of(PACKAGE + program.type()));
		arguments.addAll(program.arguments(form, group));
		Path output = java(jvm, arguments, log);
		return Files.readAllLines(output)
			.stream()
			.flatMap((line) -> Figure.printed(line).stream())
			.filter((figure) -> group.contains(BenchmarkId.of(figure.id())))
			.sorted(Comparator.comparing(Figure::id))
			.toList();
	}

	/** Returns the file with the output. */
	private Path java(List<String> jvm, List<String> arguments, String log) throws IOException, InterruptedException {
		Path output = this.work.resolve(log + ".log");
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
		command.addAll(jvm);
		command.addAll(arguments);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			if (process.waitFor() != 0) {
				throw new IllegalStateException("%s ended with %d; see %s: %s".formatted(arguments.getFirst(),
						process.exitValue(), output.toAbsolutePath(), reason(output)));
			}
		}
		finally {
			process.destroy();
		}
		return output;
	}

	/** Returns the line of an output that says best what went wrong. */
	private static String reason(Path output) throws IOException {
		List<String> lines = Files.readAllLines(output);
		return lines.stream()
			.filter((line) -> line.matches(".*(ERROR|Exception|Error:).*"))
			.findFirst()
			.orElse(lines.isEmpty() ? "no output" : lines.getLast());
	}

}
