package io.greenroom.faults;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A fault to plant: a text in one source file, and what replaces it. A test must notice.
 *
 * @param name what the fault does, as a sentence; unique
 * @param file the source file, below {@code io/greenroom}
 * @param text what is replaced; it occurs once in the file, whatever its white space
 * @param replacement what replaces it
 * @param rows the ids of the guarantees that it breaks
 * @param hangs whether it shows as a test that does not end
 * @param tests the tests that each must fail, as {@code Class#method} below
 * {@code io.greenroom}
 */
record Fault(String name, String file, String text, String replacement, List<String> rows, boolean hangs,
		List<String> tests) {

	static Draft of(String name) {
		return new Draft(name);
	}

	/** Matches the text, with any white space where it has some. */
	Pattern pattern() {
		return Pattern.compile(
				Arrays.stream(this.text.strip().split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s+")));
	}

	/** Returns how often the text occurs in a source. */
	long occurrences(String source) {
		return pattern().matcher(source).results().count();
	}

	/** Returns the source with the fault. */
	String plantIn(String source) {
		if (occurrences(source) != 1) {
			throw new IllegalStateException("'%s': the text occurs %d times in %s instead of once".formatted(this.name,
					occurrences(source), this.file));
		}
		return pattern().matcher(source).replaceFirst(java.util.regex.Matcher.quoteReplacement(this.replacement));
	}

	@Override
	public String toString() {
		return this.name;
	}

	/** A fault that is being described. */
	static final class Draft {

		private final String name;

		private String file = "";

		private String text = "";

		private String replacement = "";

		private List<String> rows = List.of();

		private boolean hangs;

		Draft(String name) {
			this.name = name;
		}

		/** Sets the source file, below {@code io/greenroom}. */
		Draft in(String file) {
			this.file = file;
			return this;
		}

		Draft replaces(String text, String replacement) {
			this.text = Objects.requireNonNull(text);
			this.replacement = Objects.requireNonNull(replacement);
			return this;
		}

		Draft removes(String text) {
			return replaces(text, "");
		}

		Draft breaks(String... rows) {
			this.rows = List.of(rows);
			return this;
		}

		/** Says that the test does not end, instead of failing. */
		Draft hangs() {
			this.hangs = true;
			return this;
		}

		/** Names the tests that each must fail. */
		Fault caughtBy(String... tests) {
			return new Fault(this.name, this.file, this.text, this.replacement, this.rows, this.hangs, List.of(tests));
		}

	}

}
