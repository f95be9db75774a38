package io.greenroom.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Plants each of the {@link Faults} in turn, and shows that the tests notice it: <pre>
 * mvn -Pplanted-faults -pl autoconfigure process-test-classes
 * </pre> First runs the tests without a fault, because a test that fails anyway proves
 * nothing. Then, for each fault, compiles the one changed class, and runs the tests that
 * must fail in a JVM of their own with a time limit. Ends with an error if a fault
 * survives, if its text is not found exactly once, or if a test hangs that should fail.
 * <p>
 * Settings: {@code -Dfaults.args="…"} plants only those whose name or file matches one of
 * the regular expressions given; {@code -Dgreenroom.faults.limit} is the time limit in
 * seconds; {@code -Dgreenroom.faults.tests} names other tests, or whole classes,
 * separated by commas, to find out which of them notice.
 */
public final class PlantedFaults {

	/** How long the tests of one fault may take. */
	private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("greenroom.faults.limit", 120));

	/** What hangs is given less time, because the limit is always used up. */
	private static final Duration LIMIT_OF_HANGS = LIMIT.dividedBy(4);

	private static final Path WORK = Path.of("target", "planted-faults");

	private static final @Nullable String OTHER_TESTS = System.getProperty("greenroom.faults.tests");

	private final Plot plot = new Plot();

	private PlantedFaults() {
	}

	/**
	 * Plants the faults.
	 * @param args regular expressions that select faults by name or file; none for all
	 * @throws Exception if a fault cannot be planted
	 */
	public static void main(String[] args) throws Exception {
		List<Fault> faults = Faults.all().stream().filter((fault) -> isWanted(fault, args)).toList();
		System.exit(new PlantedFaults().run(faults) ? 0 : 1);
	}

	private static boolean isWanted(Fault fault, String[] args) {
		return args.length == 0 || Arrays.stream(args)
			.map((arg) -> Pattern.compile(arg, Pattern.CASE_INSENSITIVE))
			.anyMatch((wanted) -> wanted.matcher(fault.name()).find() || wanted.matcher(fault.file()).find());
	}

	private boolean run(List<Fault> faults) throws Exception {
		Files.createDirectories(WORK);
		boolean good = (OTHER_TESTS != null) || passesWithout(faults);
		int caught = 0;
		for (int i = 0; i < faults.size(); i++) {
			Fault fault = faults.get(i);
			long start = System.nanoTime();
			Verdict verdict = verdict(i, fault);
			caught += verdict.caught() ? 1 : 0;
			System.out.printf("%-8s %3d s  %-10s %-34s %s%n", verdict.caught() ? "caught" : "SURVIVED",
					TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start), String.join(" ", fault.rows()),
					new File(fault.file()).getName().replace(".java", ""), fault.name());
			verdict.notes().forEach((note) -> System.out.println("             " + note));
		}
		System.out.printf("%d of %d faults were caught%n", caught, faults.size());
		return good && caught == faults.size() && !faults.isEmpty();
	}

	/** Returns whether all tests pass where there is no fault. */
	private boolean passesWithout(List<Fault> faults) throws Exception {
		List<String> tests = faults.stream().flatMap((fault) -> fault.tests().stream()).distinct().sorted().toList();
		List<String> lines = fork(WORK.resolve("none"), tests, LIMIT.plusSeconds(20L * tests.size()));
		List<String> failed = (lines != null)
				? lines.stream().filter((line) -> line.startsWith(NamedTests.FAILED)).toList()
				: List.of("they did not end; see " + WORK.resolve("none.log"));
		System.out.printf("%d tests without a fault: %s%n", tests.size(), failed.isEmpty() ? "passed" : "FAILED");
		failed.forEach((line) -> System.out.println("             " + line));
		return failed.isEmpty();
	}

	private Verdict verdict(int number, Fault fault) throws IOException, InterruptedException {
		Path directory = WORK.resolve("%03d".formatted(number));
		try {
			this.plot.plant(fault, directory);
		}
		catch (IllegalStateException notPlanted) {
			return new Verdict(false, List.of(Objects.toString(notPlanted.getMessage())));
		}
		List<String> tests = (OTHER_TESTS != null) ? List.of(OTHER_TESTS.split(",")) : fault.tests();
		List<String> lines = fork(directory, tests, fault.hangs() ? LIMIT_OF_HANGS : LIMIT);
		if (lines == null) {
			return new Verdict(fault.hangs(), fault.hangs() ? List.of() : List.of("the tests did not end"));
		}
		if (OTHER_TESTS != null) {
			List<String> failed = lines.stream().filter((line) -> line.startsWith(NamedTests.FAILED)).toList();
			return new Verdict(!failed.isEmpty(), failed);
		}
		List<String> blind = tests.stream()
			.filter((test) -> lines.stream().noneMatch((line) -> line.startsWith(NamedTests.FAILED + test)))
			.map((test) -> "not noticed by " + test)
			.toList();
		return new Verdict(blind.isEmpty(), blind.isEmpty() || lines.size() != 1 ? blind : lines);
	}

	/**
	 * Runs tests in a JVM of their own, with the classes in the directory first; returns
	 * what became of them, or {@code null} if they did not end in time.
	 */
	private @Nullable List<String> fork(Path directory, List<String> tests, Duration limit)
			throws IOException, InterruptedException {
		Path result = Path.of(directory + ".txt");
		Path log = Path.of(directory + ".log");
		Files.deleteIfExists(result);
		List<String> command = new ArrayList<>();
		if (Files.isExecutable(Path.of("/usr/bin/nice"))) {
			command.addAll(List.of("/usr/bin/nice", "-n", "10"));
		}
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED", "-XX:+EnableDynamicAgentLoading",
				"-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				"-Djunit.jupiter.execution.timeout.mode=disabled", "-cp",
				directory + File.pathSeparator + System.getProperty("java.class.path"), NamedTests.class.getName(),
				result.toString()));
		command.addAll(tests);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
				return null;
			}
			if (!Files.exists(result)) {
				return List.of("the JVM ended before its tests; see " + log);
			}
			return Files.readAllLines(result);
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	/** Whether a fault was caught, and what there is to say about it. */
	private record Verdict(boolean caught, List<String> notes) {
	}

}
