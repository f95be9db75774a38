package io.greenroom.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What can be said about the page without a browser. */
class PageTests {

	private static final Path PAGE = Path.of("src/main/resources/static/index.html");

	@Test
	void itNeedsNothingFromElsewhere() throws IOException {
		// The name of the SVG namespace is an address that nobody fetches.
		assertThat(Files.readString(PAGE).replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://",
				"https://", "//cdn", "@import");
	}

	@Test
	void whatPeopleWriteIsTextAndNeverMarkup() throws IOException {
		assertThat(Files.readString(PAGE)).doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML",
				"document.write", "eval(");
	}

	@Test
	void everyElementThatTheScriptTouchesIsThere() throws IOException {
		String page = Files.readString(PAGE);
		Set<String> ids = found("id=\"([^\"]+)\"", page).collect(Collectors.toSet());
		List<String> touched = found("\\$\\(\"([^\"]+)\"\\)", page).toList();
		assertThat(touched).isNotEmpty();
		assertThat(ids).containsAll(touched);
	}

	@Test
	void everyFieldHasALabelAndEverySectionATitle() throws IOException {
		String page = Files.readString(PAGE);
		assertThat(found("<label for=\"([^\"]+)\"", page)).containsAll(found("<input id=\"([^\"]+)\"", page).toList());
		assertThat(found("id=\"([^\"]+)\"", page)).containsAll(found("aria-labelledby=\"([^\"]+)\"", page).toList());
	}

	@Test
	void theCodeOnThePageIsThatOfTheSources() throws IOException {
		List<MatchResult> blocks = Pattern
			.compile("(?s)<pre [^>]*data-source=\"([^\"]+)\"[^>]*><code>(.*?)</code></pre>")
			.matcher(Files.readString(PAGE))
			.results()
			.toList();
		assertThat(blocks).extracting((block) -> block.group(1))
			.containsExactly("race/Desk.java", "Performance.java", "ReportController.java", "application.yml");
		for (MatchResult block : blocks) {
			String source = withoutIndent(Files.readString(source(block.group(1))));
			String shown = withoutIndent(
					block.group(2).replaceAll("</?mark>", "").replace("&lt;", "<").replace("&amp;", "&"));
			assertThat(shown.lines().filter((line) -> !line.isEmpty())).as(block.group(1)).hasSizeBetween(1, 12);
			assertThat(shown.split("\n\n")).as(block.group(1)).allSatisfy((part) -> assertThat(source).contains(part));
		}
	}

	private static Path source(String name) {
		return name.endsWith(".java") ? Path.of("src/main/java/io/greenroom/sample", name)
				: Path.of("src/main/resources", name);
	}

	/** Without what is left out, too. */
	private static String withoutIndent(String source) {
		return source.lines().map((line) -> line.strip().replace("{ … }", "{")).collect(Collectors.joining("\n"));
	}

	private static Stream<String> found(String pattern, String text) {
		return Pattern.compile(pattern).matcher(text).results().map(PageTests::group);
	}

	private static String group(MatchResult found) {
		return found.group(1);
	}

}
