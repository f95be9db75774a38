package io.greenroom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What docs/guarantees.md promises is tested, and what is tested is promised there. */
class GuaranteesTests {

	private static final Path PAGE = Path.of("../docs/guarantees.md");

	private static final List<Path> TESTS = List.of(Path.of("src/test/java"), Path.of("../sample-app/src/test/java"));

	private static final Pattern PROMISE = Pattern.compile("(?m)^- \\*\\*([A-Z]\\d\\d)\\*\\* \\S");

	private static final Pattern DISPLAY_NAME = Pattern
		.compile("@DisplayName\\(\\s*((?:\"(?:[^\"\\\\]|\\\\.)*\"[\\s+]*)+)\\)");

	private static final Pattern ID = Pattern.compile("\\b[A-Z]\\d\\d\\b");

	@Test
	void everyPromiseIsTested() {
		Set<String> untested = new TreeSet<>(promised());
		untested.removeAll(tested());
		assertThat(untested).as("ids in docs/guarantees.md that no test carries in its @DisplayName").isEmpty();
	}

	@Test
	void everyTestedIdIsPromised() {
		Set<String> unpromised = new TreeSet<>(tested());
		unpromised.removeAll(promised());
		assertThat(unpromised).as("ids in the @DisplayName of a test that have no line in docs/guarantees.md")
			.isEmpty();
	}

	@Test
	void everyPromiseIsMadeOnce() {
		assertThat(promised()).as("ids that begin a line of docs/guarantees.md").isNotEmpty().doesNotHaveDuplicates();
	}

	private static Collection<String> promised() {
		return PROMISE.matcher(read(PAGE)).results().map((line) -> line.group(1)).toList();
	}

	private static Set<String> tested() {
		return TESTS.stream()
			.flatMap(GuaranteesTests::sources)
			.flatMap((source) -> DISPLAY_NAME.matcher(read(source)).results())
			.flatMap((name) -> ID.matcher(name.group(1)).results())
			.map(MatchResult::group)
			.collect(Collectors.toSet());
	}

	private static Stream<Path> sources(Path folder) {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList().stream();
		}
		catch (IOException unreadable) {
			throw new UncheckedIOException(unreadable);
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
