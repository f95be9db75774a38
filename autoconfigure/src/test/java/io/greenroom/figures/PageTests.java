package io.greenroom.figures;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PageTests {

	private static final String PAGE = """
			# Performance

			<!-- figures:sync -->
			old
			<!-- /figures -->

			By hand: $1 and \\n.

			<!-- figures:move -->
			<!-- /figures -->
			""";

	@Test
	void onlyTheNamedPartIsReplaced() {
		assertThat(new Page(PAGE).with(Map.of("sync", "| $1 | new |\n")))
			.isEqualTo(PAGE.replace("old\n", "\n| $1 | new |\n\n"));
	}

	@Test
	void writingTwiceChangesNothing() {
		Map<String, String> contents = Map.of("sync", "a\n\nb", "move", "c");
		String once = new Page(PAGE).with(contents);
		assertThat(once).contains("a\n\nb", "\nc\n", "By hand");
		assertThat(new Page(once).with(contents)).isEqualTo(once);
	}

	@Test
	void aTableWithoutAPartIsAnError() {
		assertThatIllegalStateException().isThrownBy(() -> new Page(PAGE).with(Map.of("web", "")))
			.withMessage("The page has no part <!-- figures:web -->; it has [sync, move]");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					<!-- figures:a --> | The part 'figures:a' has no end: <!-- /figures -->
					<!-- figures:a --> <!-- figures:b --> <!-- /figures --> | The part 'figures:a' does not end before 'figures:b'
					<!-- /figures --> | The page has a <!-- /figures --> that ends no part, after []
					<!-- figures:a --><!-- /figures --><!-- figures:a --><!-- /figures --> | The page has two parts 'figures:a'
					""")
	void wrongMarkersAreAnError(String page, String message) {
		assertThatIllegalStateException().isThrownBy(() -> new Page(page).parts()).withMessage(message);
		assertThatIllegalStateException().isThrownBy(() -> new Page(page).with(Map.of())).withMessage(message);
	}

}
