package io.greenroom.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Runs trials several times, and prints what has come of them as the lines of a table.
 */
final class Trials {

	/** How often each is run. */
	static final int RUNS = Integer.getInteger("greenroom.runs", 5);

	private final Map<String, List<ThreeNodes.Outcome>> outcomes = new LinkedHashMap<>();

	/**
	 * Adds a run in which nothing was lost or made twice. What its nodes have printed is
	 * in {@code target/trials}.
	 */
	void add(String trial, ThreeNodes.Outcome outcome) {
		try {
			Path folder = Files.createDirectories(Path.of("target", "trials"));
			Files.writeString(Files.createTempFile(folder, trial.replaceAll("\\W+", "-") + "-", ".log"),
					outcome.outputs());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.outcomes.computeIfAbsent(trial, (first) -> new ArrayList<>()).add(outcome);
		System.out.println(line(trial, List.of(outcome)));
	}

	void print() {
		System.out.println("| what happens | runs | calls | failed | lost | doubled | over 1 s | longest call |");
		System.out.println("|---|---|---|---|---|---|---|---|");
		this.outcomes.forEach((trial, runs) -> System.out.println(line(trial, runs)));
	}

	private static String line(String trial, List<ThreeNodes.Outcome> runs) {
		Map<String, Long> failed = runs.stream()
			.flatMap((run) -> run.failures().stream())
			.collect(Collectors.groupingBy((failure) -> failure.kind().replaceAll(".*\\.", ""), TreeMap::new,
					Collectors.counting()));
		Supplier<String> kinds = () -> failed.entrySet()
			.stream()
			.map((each) -> each.getValue() + " " + each.getKey())
			.collect(Collectors.joining(", "));
		return "| %s | %d | %d | %s | 0 | 0 | %d | %.1f s |".formatted(trial, runs.size(),
				runs.stream().mapToLong(ThreeNodes.Outcome::calls).sum(), failed.isEmpty() ? "0" : kinds.get(),
				runs.stream().mapToLong(ThreeNodes.Outcome::slow).sum(),
				runs.stream()
					.map(ThreeNodes.Outcome::longest)
					.max(Comparator.naturalOrder())
					.orElse(Duration.ZERO)
					.toMillis() / 1000.0);
	}

}
