package io.greenroom.figures;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page whose parts between markers are written by a program:
 * {@code <!-- figures:sync -->}, up to {@code <!-- /figures -->}. Everything else is left
 * as it is.
 */
final class Page {

	private static final Pattern MARKER = Pattern.compile("<!-- (?:figures:(\\S+)|/figures) -->");

	private final String text;

	Page(String text) {
		this.text = text;
	}

	/** Returns the names of all parts, in their order. */
	Set<String> parts() {
		Set<String> names = new LinkedHashSet<>();
		Matcher markers = MARKER.matcher(this.text);
		String open = null;
		while (markers.find()) {
			String name = markers.group(1);
			if (name == null && open == null) {
				throw new IllegalStateException("The page has a <!-- /figures --> that ends no part, after " + names);
			}
			if (name != null && open != null) {
				throw new IllegalStateException(
						"The part 'figures:%s' does not end before 'figures:%s'".formatted(open, name));
			}
			if (name != null && !names.add(name)) {
				throw new IllegalStateException("The page has two parts 'figures:%s'".formatted(name));
			}
			open = name;
		}
		if (open != null) {
			throw new IllegalStateException("The part 'figures:%s' has no end: <!-- /figures -->".formatted(open));
		}
		return names;
	}

	/**
	 * Returns the page with other contents of the parts named.
	 * @throws IllegalStateException if the page has no such part, or its markers are
	 * wrong
	 */
	String with(Map<String, String> contents) {
		Set<String> parts = parts();
		contents.keySet().stream().filter((name) -> !parts.contains(name)).findFirst().ifPresent((name) -> {
			throw new IllegalStateException(
					"The page has no part <!-- figures:%s -->; it has %s".formatted(name, parts));
		});
		return Pattern.compile("(<!-- figures:(\\S+) -->\n).*?(<!-- /figures -->)", Pattern.DOTALL)
			.matcher(this.text)
			.replaceAll((part) -> Matcher.quoteReplacement(contents.containsKey(part.group(2))
					? part.group(1) + "\n" + contents.get(part.group(2)).strip() + "\n\n" + part.group(3)
					: part.group()));
	}

}
