package io.greenroom.figures;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what JMH writes with {@code -rf json}. */
final class JmhJson {

	private static final Map<String, String> UNITS = Map.of("ns/op", "ns", "us/op", "µs", "ms/op", "ms", "s/op", "s",
			"ops/s", "/s");

	private JmhJson() {
	}

	/**
	 * Returns a figure for each benchmark and each set of its parameters, with the median
	 * of the iterations of each fork.
	 */
	static List<Figure> read(Path file) {
		List<Figure> figures = new ArrayList<>();
		for (JsonNode result : JsonMapper.shared().readTree(file.toFile())) {
			figures.add(figure(result));
		}
		return figures;
	}

	private static Figure figure(JsonNode result) {
		String[] name = result.get("benchmark").asString().split("\\.");
		Map<String, String> params = new TreeMap<>();
		result.path("params").properties().forEach((param) -> params.put(param.getKey(), param.getValue().asString()));
		if (result.get("threads").asInt() != 1) {
			params.put(BenchmarkId.THREADS, result.get("threads").asString());
		}
		String id = new BenchmarkId(name[name.length - 2], name[name.length - 1], params).toString();
		JsonNode metric = result.get("primaryMetric");
		String unit = metric.get("scoreUnit").asString();
		if (!UNITS.containsKey(unit)) {
			throw new IllegalStateException("%s is measured in %s; known are %s".formatted(id, unit, UNITS.keySet()));
		}
		List<Double> forks = new ArrayList<>();
		for (JsonNode fork : metric.get("rawData")) {
			List<Double> iterations = new ArrayList<>();
			fork.forEach((iteration) -> iterations.add(iteration.asDouble()));
			forks.add(Figure.median(iterations));
		}
		return new Figure(id, UNITS.get(unit), forks);
	}

}
