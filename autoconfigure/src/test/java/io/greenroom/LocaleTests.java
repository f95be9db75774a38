package io.greenroom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is written does not depend on the locale of the JVM. Some locales have digits of
 * their own, which {@code %d} and its like use, and {@code %s} does not.
 */
class LocaleTests {

	private static final Pattern LOCALIZED = Pattern.compile("%[-#+0,(<\\d$.]*[dfegE]");

	private static List<Path> sources() throws IOException {
		List<Path> roots = Stream.of("src/main/java", "../sample-app/src/main/java").map(Path::of).toList();
		List<Path> sources = new ArrayList<>();
		for (Path root : roots) {
			try (Stream<Path> files = Files.walk(root)) {
				files.filter((file) -> file.toString().endsWith(".java")).forEach(sources::add);
			}
		}
		return sources;
	}

	@Test
	@DisplayName("No number is written with the digits of the JVM's locale: %s, or a locale that is given")
	void noDigitsOfTheLocale() throws IOException {
		List<String> found = new ArrayList<>();
		for (Path source : sources()) {
			for (String line : Files.readAllLines(source)) {
				if (LOCALIZED.matcher(line).find() && !line.contains("Locale.ROOT")) {
					found.add(source.getFileName() + ": " + line.strip());
				}
			}
		}
		assertThat(found).isEmpty();
	}

	@Test
	void thePatternFindsThem() {
		assertThat(List.of("%d", "%5d", "%,d", "%.1f", "%1$d", "%04d"))
			.allMatch((format) -> LOCALIZED.matcher(format).find());
		assertThat(List.of("%s", "%n", "100 % done", "%%", "%04X"))
			.noneMatch((format) -> LOCALIZED.matcher(format).find());
		assertThat("%d".formatted(1)).isEqualTo("1");
		assertThat(String.format(Locale.forLanguageTag("ar-EG-u-nu-arab"), "%d %s", 1, 1)).isEqualTo("\u0661 1");
	}

}
