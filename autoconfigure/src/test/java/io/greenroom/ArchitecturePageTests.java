package io.greenroom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The page that shows the way through the code names classes that are there. */
class ArchitecturePageTests {

	private static final Path PAGE = Path.of("../docs/architecture.md");

	private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+)`");

	@Test
	void everyClassNamedExists() throws IOException {
		Set<String> named = new TreeSet<>();
		Matcher matcher = NAMED.matcher(Files.readString(PAGE));
		while (matcher.find()) {
			named.add(matcher.group(1));
		}
		assertThat(named).hasSizeGreaterThan(40);
		assertThat(files()).containsAll(named);
	}

	private static Set<String> files() throws IOException {
		try (Stream<Path> main = Files.walk(Path.of("src/main/java"));
				Stream<Path> test = Files.walk(Path.of("src/test/java"))) {
			return Stream.concat(main, test)
				.map((file) -> String.valueOf(file.getFileName()))
				.filter((name) -> name.endsWith(".java"))
				.map((name) -> name.substring(0, name.length() - ".java".length()))
				.collect(Collectors.toSet());
		}
	}

}
