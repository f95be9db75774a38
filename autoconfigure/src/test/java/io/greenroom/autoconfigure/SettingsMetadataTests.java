package io.greenroom.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.greenroom.web.RunInPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/** What an editor shows for our keys. */
class SettingsMetadataTests {

	/**
	 * Keys whose absence is a setting of its own, or that hold what only a user knows.
	 */
	private static final Set<String> WITHOUT_DEFAULT = Set.of("greenroom.cluster.members",
			"greenroom.cluster.kubernetes-dns", "greenroom.cluster.quorum", "greenroom.console.enabled",
			"greenroom.observations.enabled", "greenroom.pools", "greenroom.state.guards");

	private static final String POOL = "greenroom.pools." + RunInPool.DEFAULT + ".";

	private final Map<String, Object> metadata = metadata();

	private final List<Map<String, Object>> properties = entries("properties").stream()
		.filter((property) -> name(property).startsWith("greenroom."))
		.toList();

	private final Map<String, Map<String, Object>> hints = entries("hints").stream()
		.collect(Collectors.toMap(SettingsMetadataTests::name, Function.identity()));

	@Test
	void everyKeyHasADescriptionAndAType() {
		assertThat(this.properties).isNotEmpty().allSatisfy((property) -> {
			assertThat(property).extractingByKey("type").asString().isNotBlank();
			assertThat(property).as("description of " + property.get("name"))
				.extractingByKey("description")
				.asString()
				.isNotBlank();
		});
	}

	@Test
	void descriptionsAreSentencesInTheHouseStyle() {
		assertThat(this.properties).allSatisfy((property) -> {
			String description = String.valueOf(property.get("description"));
			assertThat(description).endsWith(".").doesNotStartWith("The ").doesNotStartWith("A ");
			assertThat(description).doesNotContain("{@", "<p>", "\n");
			assertThat(Character.isUpperCase(description.charAt(0))).as(description).isTrue();
			if ("java.lang.Boolean".equals(property.get("type"))) {
				assertThat(description).startsWith("Whether ");
			}
		});
	}

	@Test
	void everyKeyIsThereOnce() {
		assertThat(this.properties).extracting((property) -> property.get("name")).doesNotHaveDuplicates();
	}

	@Test
	@DisplayName("an IDE shows the default of each key, or the key has none")
	void everyKeyHasItsDefault() {
		assertThat(this.properties).filteredOn((property) -> property.get("defaultValue") == null)
			.extracting(SettingsMetadataTests::name)
			.containsExactlyInAnyOrderElementsOf(WITHOUT_DEFAULT);
	}

	@Test
	void noKeyIsDeprecated() {
		assertThat(this.properties).allSatisfy((property) -> assertThat(property).doesNotContainKey("deprecation")
			.doesNotContainEntry("deprecated", true));
	}

	@Test
	@DisplayName("an IDE offers the values of each key that has a closed set of them, and says what they do")
	void everyEnumerationHasItsValues() {
		List<String> enumerations = new ArrayList<>();
		for (Map<String, Object> property : entries("properties")) {
			Class<?> type = type(property);
			if (type != null && type.isEnum()) {
				enumerations.add(name(property));
				assertThat(values(name(property))).as("values of " + name(property))
					.containsExactlyInAnyOrderElementsOf(Arrays.stream(type.getEnumConstants())
						.map((constant) -> kebab(((Enum<?>) constant).name()))
						.toList());
				assertThat(this.hints.get(name(property))).as("a closed set").doesNotContainKey("providers");
			}
		}
		assertThat(enumerations).contains("greenroom.web.mode", "greenroom.deferred.overflow", POOL + "limit");
	}

	@Test
	@DisplayName("an IDE offers what else can be told: the pool that always exists, its size by the data source, and what 0 means")
	void openValuesAreOffered() {
		assertThat(values("greenroom.pools.keys")).containsExactly(RunInPool.DEFAULT);
		assertThat(values(POOL + "size")).contains("datasource");
		assertThat(this.properties).filteredOn((property) -> "java.time.Duration".equals(property.get("type")))
			.filteredOn((property) -> "0s".equals(property.get("defaultValue"))
					|| String.valueOf(property.get("description")).matches(".*(; 0 |never with 0).*"))
			.isNotEmpty()
			.allSatisfy((property) -> assertThat(values(name(property))).contains("0s"));
	}

	@Test
	void hintsBelongToKeysAndAreSentences() {
		Set<String> names = entries("properties").stream()
			.map(SettingsMetadataTests::name)
			.collect(Collectors.toCollection(HashSet::new));
		names.add("greenroom.pools.keys");
		assertThat(names).containsAll(this.hints.keySet());
		for (Map<String, Object> hint : this.hints.values()) {
			assertThat(list(hint, "values")).as(name(hint))
				.allSatisfy((value) -> assertThat(value).extractingByKey("description").asString().endsWith("."));
			// Without this provider, an IDE marks every other value as wrong.
			assertThat(list(hint, "providers")).as(name(hint))
				.allSatisfy((provider) -> assertThat(provider).extractingByKey("name").isIn("any", "class-reference"));
		}
	}

	@Test
	@DisplayName("the keys of the pool that always exists are those of any pool, with the same defaults")
	void theDefaultPoolHasTheKeysOfAPool() {
		Map<String, String> expected = new TreeMap<>();
		for (RecordComponent component : PoolsProperties.Pool.class.getRecordComponents()) {
			String value = constructorParameter(component).getAnnotation(DefaultValue.class).value()[0];
			expected.put(POOL + kebab(component.getName()), boxed(component.getType()).getName() + " " + value);
		}
		assertThat(this.properties).filteredOn((property) -> name(property).startsWith(POOL))
			.allSatisfy((property) -> assertThat(expected).containsEntry(name(property),
					property.get("type") + " " + property.get("defaultValue")))
			.hasSameSizeAs(expected.entrySet());
	}

	@Test
	void everyPartHasItsSwitch() {
		for (String part : List.of("scheduler", "deferred", "state", "web", "metrics")) {
			assertThat(this.properties).filteredOn("name", "greenroom." + part + ".enabled")
				.as("switch of " + part)
				.singleElement()
				.satisfies((property) -> assertThat(property).containsEntry("type", "java.lang.Boolean")
					.containsEntry("defaultValue", true));
		}
	}

	@Test
	@DisplayName("A01 Boot knows order and conditions of each auto-configuration without reading its class")
	void autoConfigurationsAreIndexed() throws IOException {
		Properties index = PropertiesLoaderUtils
			.loadProperties(new ClassPathResource("META-INF/spring-autoconfigure-metadata.properties"));
		ImportCandidates candidates = ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader());
		assertThat(candidates).filteredOn((name) -> name.startsWith("io.greenroom."))
			.isNotEmpty()
			.allSatisfy((name) -> assertThat(index).containsKey(name));
		assertThat(index).containsEntry(RunInPoolAutoConfiguration.class.getName() + ".ConditionalOnWebApplication",
				"SERVLET");
	}

	private static Parameter constructorParameter(RecordComponent component) {
		return Arrays.stream(PoolsProperties.Pool.class.getDeclaredConstructors()[0].getParameters())
			.filter((parameter) -> parameter.getName().equals(component.getName()))
			.findFirst()
			.orElseThrow();
	}

	private static Class<?> boxed(Class<?> type) {
		return ClassUtils.resolvePrimitiveIfNecessary(type);
	}

	private static @Nullable Class<?> type(Map<String, Object> property) {
		String type = String.valueOf(property.get("type"));
		try {
			return type.contains("<") ? null : Class.forName(type, false, SettingsMetadataTests.class.getClassLoader());
		}
		catch (ClassNotFoundException ex) {
			throw new AssertionError("Type of " + name(property), ex);
		}
	}

	/** As users write it: {@code OUT_OF_SERVICE} and {@code outOfService} alike. */
	private static String kebab(String name) {
		return name.replaceAll("([a-z])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
	}

	private List<String> values(String key) {
		assertThat(this.hints).as("hints").containsKey(key);
		return list(this.hints.get(key), "values").stream().map((value) -> String.valueOf(value.get("value"))).toList();
	}

	private List<Map<String, Object>> entries(String kind) {
		return list(this.metadata, kind);
	}

	private static String name(Map<String, Object> entry) {
		return String.valueOf(entry.get("name"));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> list(Map<String, Object> from, String name) {
		return (List<Map<String, Object>>) from.getOrDefault(name, List.of());
	}

	private static Map<String, Object> metadata() {
		ClassPathResource metadata = new ClassPathResource("META-INF/spring-configuration-metadata.json");
		try (InputStream json = metadata.getInputStream()) {
			return JsonParserFactory.getJsonParser().parseMap(new String(json.readAllBytes(), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new AssertionError("No metadata; does the configuration processor run?", ex);
		}
	}

}
