package io.greenroom.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The README at the top of the project. */
final class Readme {

	private Readme() {
	}

	static String text() throws IOException {
		return Files.readString(Path.of("../README.md"));
	}

	/** Returns the blocks of code in a language, in their order. */
	static List<String> blocks(String language) throws IOException {
		return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
			.matcher(text())
			.results()
			.map((block) -> block.group(1))
			.toList();
	}

}
