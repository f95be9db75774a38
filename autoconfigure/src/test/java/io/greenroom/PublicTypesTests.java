package io.greenroom;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.greenroom.green.GreenScheduler;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The page of public types lists those there are: whoever adds one says so there. */
class PublicTypesTests {

	private static final Path PAGE = Path.of("../docs/public-types.md");

	private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+)`");

	@Test
	void everyPublicTypeIsListed() throws Exception {
		Map<String, Set<String>> compiled = compiled();
		assertThat(compiled).hasSizeGreaterThan(10);
		assertThat(listed()).as("docs/public-types.md").isEqualTo(compiled);
	}

	private static Map<String, Set<String>> listed() throws IOException {
		Map<String, Set<String>> listed = new TreeMap<>();
		Set<String> types = new TreeSet<>();
		for (String line : Files.readAllLines(PAGE)) {
			if (line.startsWith("## `")) {
				types = listed.computeIfAbsent(line.substring(4, line.length() - 1), (name) -> new TreeSet<>());
			}
			Matcher matcher = NAMED.matcher(line);
			while (matcher.find()) {
				types.add(matcher.group(1));
			}
		}
		return listed;
	}

	private static Map<String, Set<String>> compiled() throws Exception {
		Map<String, Set<String>> compiled = new TreeMap<>();
		for (String name : names()) {
			Class<?> type = Class.forName(name, false, PublicTypesTests.class.getClassLoader());
			if (Modifier.isPublic(type.getModifiers())) {
				compiled.computeIfAbsent(type.getPackageName(), (each) -> new TreeSet<>()).add(type.getSimpleName());
			}
		}
		return compiled;
	}

	/** All of ours that stand in a file of their own. */
	private static Set<String> names() throws IOException, URISyntaxException {
		Path classes = Path.of(GreenScheduler.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		Set<String> names = new TreeSet<>();
		try (Stream<Path> files = Files.walk(classes.resolve("io/greenroom"))) {
			for (Path file : (Iterable<Path>) files::iterator) {
				String name = classes.relativize(file).toString().replace(classes.getFileSystem().getSeparator(), ".");
				if (name.endsWith(".class") && !name.contains("$") && !name.contains(".internal.")
						&& !name.contains("package-info")) {
					names.add(name.substring(0, name.length() - ".class".length()));
				}
			}
		}
		return names;
	}

}
