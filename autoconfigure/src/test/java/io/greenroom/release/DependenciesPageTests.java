package io.greenroom.release;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

import static org.assertj.core.api.Assertions.assertThat;

/** The page on dependencies names each of them, with its scope, and no other. */
class DependenciesPageTests {

	private final Map<String, String> sections = sections();

	@ParameterizedTest
	@CsvSource({ "The starter, starter", "The code, autoconfigure", "The sample, sample-app" })
	void everyDependencyIsJustified(String section, String module) {
		Map<String, String> declared = new TreeMap<>();
		Pom pom = Pom.of(module);
		Stream.concat(pom.all("dependencies/dependency"), pom.all("profiles/profile/dependencies/dependency"))
			.forEach((each) -> declared.put(Pom.text(each, "artifactId", ""), scope(each)));
		Map<String, String> justified = new TreeMap<>();
		Matcher rows = Pattern.compile("(?m)^\\| `([^`]+)` \\| (compile|optional|provided|runtime|test) \\| .{8,} \\|$")
			.matcher(this.sections.get(section));
		while (rows.find()) {
			justified.put(rows.group(1), rows.group(2));
		}
		assertThat(justified).isEqualTo(declared);
	}

	@Test
	void everyToolOfTheBuildIsJustified() {
		Set<String> tools = Stream.of(".", "autoconfigure", "starter", "sample-app")
			.map(Pom::of)
			.flatMap((pom) -> Stream.of("**/plugin", "**/path", "**/artifactItem").flatMap(pom::all))
			.map((each) -> Pom.text(each, "artifactId", ""))
			// A path can also be that of a file.
			.filter((name) -> !name.isEmpty())
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> justified = Pattern.compile("(?m)^\\| (`[^|]+) \\|")
			.matcher(this.sections.get("The build"))
			.results()
			.flatMap((row) -> Stream.of(row.group(1).split(", ")))
			.map((name) -> name.replace("`", ""))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(justified).isEqualTo(tools);
	}

	private static String scope(Element dependency) {
		String scope = Pom.text(dependency, "scope", "compile");
		return scope.equals("compile") && Pom.text(dependency, "optional", "false").equals("true") ? "optional" : scope;
	}

	private static Map<String, String> sections() {
		try {
			Map<String, String> sections = new LinkedHashMap<>();
			for (String section : Files.readString(Pom.TOP.resolve("docs/dependencies.md")).split("(?m)^## ")) {
				String[] parts = section.split("\n", 2);
				sections.put(parts[0], parts[1]);
			}
			return sections;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
