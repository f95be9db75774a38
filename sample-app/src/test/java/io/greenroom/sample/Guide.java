package io.greenroom.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What the documents say of the sample and its settings. */
final class Guide {

	private Guide() {
	}

	/** Returns a page of the guide. */
	static String page(String name) throws IOException {
		return Files.readString(Path.of("../docs/guide", name));
	}

	/** Returns the blocks of code of a page in a language, in their order. */
	static List<String> blocks(String page, String language) throws IOException {
		return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
			.matcher(page(page))
			.results()
			.map((block) -> block.group(1))
			.toList();
	}

}
