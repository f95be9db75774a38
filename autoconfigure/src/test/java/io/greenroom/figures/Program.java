package io.greenroom.figures;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A main class that measures what JMH does not, in one JVM for each fork, and prints its
 * figures by {@link Figure#print}. Of its parameters, {@code scenario} is an argument.
 *
 * @param type its simple name
 * @param jvm options of its JVM
 * @param quick its arguments in the short form
 * @param thorough its arguments in the long form
 */
record Program(String type, List<String> jvm, List<String> quick, List<String> thorough) {

	private static final List<String> COUNTING = List.of("-XX:+UseSerialGC", "-Xmx3g");

	private static final List<Program> ALL = List.of(
			new Program("ParkedHeap", COUNTING, List.of("50000", "2"), List.of("1000000", "4")),
			new Program("MachineHeap", COUNTING, List.of("20000", "100000", "2"), List.of("100000", "1000000", "3")),
			new Program("IdleHandlers", List.of("-XX:+UseSerialGC", "-Xmx512m"), List.of("20000"), List.of("100000")),
			new Program("ManyKeys", List.of("-Xmx512m"), List.of("20000", "10000"), List.of("200000", "100000")),
			new Program("StartUp", List.of(), List.of("2", "web"), List.of("10")),
			new Program("WebLoad", List.of("-Dbench.warm-up=30"), List.of("1", "2", "2"), List.of("1", "3", "5")));

	/** Returns what prints a figure, or {@code null} if it is a benchmark of JMH. */
	static @Nullable Program of(BenchmarkId id) {
		return ALL.stream().filter((program) -> program.type.equals(id.type())).findFirst().orElse(null);
	}

	static List<Program> all() {
		return ALL;
	}

	List<String> arguments(Form form, List<BenchmarkId> ids) {
		List<String> arguments = new ArrayList<>((form == Form.SHORT) ? this.quick : this.thorough);
		ids.stream()
			.filter((id) -> id.params().containsKey("scenario"))
			.map((id) -> id.params().get("scenario"))
			.distinct()
			.forEach(arguments::add);
		return arguments;
	}

}
