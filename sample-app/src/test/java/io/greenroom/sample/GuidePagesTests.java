package io.greenroom.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The guide says what the code says. */
class GuidePagesTests {

	@Test
	void theBeanOfThePageOnHandlersIsThatOfTheSample() throws IOException {
		String source = Files.readString(Path.of("src/main/java/io/greenroom/sample/Cloakroom.java"));
		String shown = Guide.blocks("handlers.md", "java").getFirst();
		assertThat(withoutIndent(source))
			.contains(withoutIndent(shown.substring(shown.indexOf("private"), shown.indexOf("@ReadOnly"))));
	}

	@Test
	void theYamlOfTheReportsIsTheOneThatRuns() throws IOException {
		String yaml = Files.readString(Path.of("src/main/resources/application.yml"));
		assertThat(Guide.blocks("pools.md", "yaml")).hasSize(1)
			.allSatisfy((block) -> assertThat(withoutIndent(yaml)).contains(block.lines().toList().getLast().strip()));
	}

	@Test
	void everyMeterIsNamedAndNoOther() throws IOException {
		Set<String> recorded = sources("../autoconfigure/src/main/java/io/greenroom/metrics")
			.flatMap((source) -> found("\"(greenroom\\.[a-z.]+)\"", source))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(meters()).isNotEmpty().isEqualTo(recorded);
	}

	@Test
	void everyKeyIsNamedWithItsDefaultAndNoOther() throws IOException {
		Map<String, String> described = new TreeMap<>();
		for (URL metadata : Collections
			.list(getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
			for (JsonNode property : JsonMapper.shared().readTree(metadata.openStream()).get("properties")) {
				if (property.get("name").asString().startsWith("greenroom.")) {
					String value = property.path("defaultValue").asString("");
					described.put(property.get("name").asString(), value.isEmpty() ? "none" : value);
				}
			}
		}
		assertThat(described.remove("greenroom.pools")).isNotNull();
		assertThat(keys()).isEqualTo(described);
	}

	/** The keys of any pool are described for the one that always exists. */
	private static Map<String, String> keys() throws IOException {
		Map<String, String> keys = new TreeMap<>();
		Pattern.compile("(?m)^\\| (`greenroom\\.[^|]*`) \\| (`[^|]*`) \\|")
			.matcher(Guide.page("configuration.md").replace("<name>", "default"))
			.results()
			.forEach((row) -> {
				List<String> names = names(row.group(1));
				List<String> values = found("`([^`]*)`", row.group(2)).toList();
				for (int i = 0; i < names.size(); i++) {
					keys.put(names.get(i), values.get(i));
				}
			});
		return keys;
	}

	private static Set<String> meters() throws IOException {
		return found("(?m)^\\| (`greenroom\\.[^|]*`) \\| (?:timer|gauge|counter) ", Guide.page("meters.md"))
			.flatMap((cell) -> names(cell).stream())
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/** "`greenroom.pool.wait`, `.usage`" are two names. */
	private static List<String> names(String cell) {
		List<String> parts = found("`([^`]+)`", cell).toList();
		String stem = parts.getFirst().substring(0, parts.getFirst().lastIndexOf('.'));
		return parts.stream().map((part) -> part.startsWith(".") ? stem + part : part).toList();
	}

	private static Stream<String> found(String pattern, String text) {
		return Pattern.compile(pattern).matcher(text).results().map((found) -> found.group(1));
	}

	private static String withoutIndent(String source) {
		return source.lines().map(String::strip).collect(Collectors.joining("\n"));
	}

	private static Stream<String> sources(String folder) throws IOException {
		try (Stream<Path> files = Files.walk(Path.of(folder))) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.toList()
				.stream()
				.map(GuidePagesTests::read);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException unreadable) {
			throw new UncheckedIOException(unreadable);
		}
	}

}
