package io.greenroom.soak;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("stress")
class SoakTests {

	/** How long: {@code -Dgreenroom.soak=PT30M} for the long form. */
	private static final @Nullable String LENGTH = System.getProperty("greenroom.soak");

	/** When the build's form ends, and when at the latest on a slow machine. */
	private static final long CALLS = 1_500_000;

	private static final Duration AT_MOST = Duration.ofSeconds(60);

	@Test
	@Timeout(900)
	@DisplayName("F01 F02 F05 everything at once, with what throws anything: nothing wrong, nothing left over")
	void soak() throws Throwable {
		Soak soak = new Soak();
		List<String> failures = (LENGTH != null) ? soak.run(Long.MAX_VALUE, Duration.parse(LENGTH))
				: soak.run(CALLS, AT_MOST);
		System.out.println(soak);
		assertThat(failures).as(soak::toString).isEmpty();
		assertThat(soak.toString()).as("every scene was played").doesNotContain(" 0 calls");
	}

}
