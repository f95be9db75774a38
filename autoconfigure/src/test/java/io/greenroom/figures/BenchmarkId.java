package io.greenroom.figures;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names a benchmark and its parameters: {@code SyncCall.handler[callers=8]}. The
 * parameter {@code threads}, which every benchmark of JMH has, is left out if it is 1.
 *
 * @param type the simple name of the class in {@code io.greenroom.bench}
 * @param method the method with {@code @Benchmark}, or what a program calls its figure
 * @param params the values of all parameters, by their names
 */
record BenchmarkId(String type, String method, Map<String, String> params) {

	static final String THREADS = "threads";

	private static final Pattern FORM = Pattern.compile("(\\w+)\\.(\\w+)(?:\\[([^\\[\\]]+)])?");

	BenchmarkId {
		params = new TreeMap<>(params);
	}

	static BenchmarkId of(String id) {
		Matcher matcher = FORM.matcher(id);
		if (!matcher.matches()) {
			throw new IllegalArgumentException("'%s' is not like Type.method[name=value;name=value]".formatted(id));
		}
		Map<String, String> params = new TreeMap<>();
		if (matcher.group(3) != null) {
			for (String param : matcher.group(3).split(";")) {
				String[] parts = param.split("=", 2);
				if (parts.length != 2) {
					throw new IllegalArgumentException("'%s' in '%s' is not like name=value".formatted(param, id));
				}
				params.put(parts[0], parts[1]);
			}
		}
		return new BenchmarkId(matcher.group(1), matcher.group(2), params);
	}

	@Override
	public String toString() {
		String values = this.params.entrySet()
			.stream()
			.map((param) -> param.getKey() + "=" + param.getValue())
			.collect(Collectors.joining(";"));
		return this.type + "." + this.method + (values.isEmpty() ? "" : "[" + values + "]");
	}

}
