package io.greenroom.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the box office promises about its own source. */
class BoxOfficeSourceTests {

	private static final Pattern GUARDED = Pattern
		.compile("java\\.util\\.concurrent|synchronized|volatile|Atomic|VarHandle|Lock\\b|Concurrent|CopyOnWrite");

	@ParameterizedTest
	@ValueSource(strings = { "BoxOffice", "Performance", "Notebook", "Cloakroom", "LiveFeed", "calls/CallBoard",
			"chat/Room", "race/Desk", "prompter/PromptBox" })
	void noLockNoAtomicNoSynchronizedNoConcurrentCollection(String type) throws IOException {
		String source = Files.readString(Path.of("src/main/java/io/greenroom/sample", type + ".java"));
		assertThat(GUARDED.matcher(source).results().map((found) -> found.group())).isEmpty();
	}

}
