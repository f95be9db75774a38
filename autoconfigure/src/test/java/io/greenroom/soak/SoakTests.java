package io.greenroom.soak;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("stress")
class SoakTests {

	/** How long: {@code -Dgreenroom.soak=PT30M} for the long form. */
	private static final Duration LENGTH = Duration.parse(System.getProperty("greenroom.soak", "PT60S"));

	@Test
	@Timeout(900)
	@DisplayName("F01 F02 F05 a minute of everything at once, with what throws anything: nothing wrong, nothing left over")
	void soak() throws Throwable {
		Soak soak = new Soak();
		List<String> failures = soak.run(Long.MAX_VALUE, LENGTH);
		System.out.println(soak);
		assertThat(failures).as(soak::toString).isEmpty();
		assertThat(soak.toString()).as("every scene was played").doesNotContain(" 0 calls");
	}

}
