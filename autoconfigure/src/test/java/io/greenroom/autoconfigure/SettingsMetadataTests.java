package io.greenroom.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

import static org.assertj.core.api.Assertions.assertThat;

/** What an editor shows for our keys. */
class SettingsMetadataTests {

	private final List<Map<String, Object>> properties = properties();

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

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> properties() {
		ClassPathResource metadata = new ClassPathResource("META-INF/spring-configuration-metadata.json");
		try (InputStream json = metadata.getInputStream()) {
			String text = new String(json.readAllBytes(), StandardCharsets.UTF_8);
			Map<String, Object> root = JsonParserFactory.getJsonParser().parseMap(text);
			return ((List<Map<String, Object>>) Objects.requireNonNull(root.get("properties"))).stream()
				.filter((property) -> String.valueOf(property.get("name")).startsWith("greenroom."))
				.toList();
		}
		catch (IOException ex) {
			throw new AssertionError("No metadata; does the configuration processor run?", ex);
		}
	}

}
