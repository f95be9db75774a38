package io.greenroom.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Takes the tour of the sample, as its README says. */
class TourIT {

	private static final Path TOUR = Path.of("README.md");

	@Test
	void tenStopsSayWhatToDoWhatIsSeenAndWhichFileDoesIt() throws IOException {
		List<String> stops = stops();
		assertThat(stops).extracting((stop) -> stop.substring(0, stop.indexOf('.')))
			.isEqualTo(IntStream.rangeClosed(1, 10).mapToObj(String::valueOf).toList());
		assertThat(stops).allSatisfy((stop) -> {
			assertThat(stop).containsSubsequence("**Do**:", "**See**: ", "**File**: ");
			assertThat(found("\\]\\((src/[^)]+)\\)", stop.substring(stop.indexOf("**File**")))).isNotEmpty()
				.allSatisfy((file) -> assertThat(Path.of(file)).exists());
		});
	}

	@Test
	void everyButtonThatIsNamedIsOnThePage() throws IOException {
		String page = Files.readString(Path.of("src/main/resources/static/index.html"));
		List<String> named = found("(?:[Cc]lick|then click|and click) \\*([^*]+)\\*", Files.readString(TOUR));
		assertThat(named).hasSizeGreaterThan(5).allSatisfy((button) -> assertThat(page).contains(button));
	}

	@Test
	void everyAddressAnswersAndEveryPrintedAnswerIsTheAnswer() throws Exception {
		String tour = Files.readString(TOUR);
		try (Application application = Application.start(); Customer customer = new Customer(application.port())) {
			for (String console : found("(?ms)^```console\\n(.*?)^```$", tour)) {
				for (MatchResult curl : Curl.in(console)) {
					assertThat(Curl.of(curl.group(1)).ask(customer).body()).as(curl.group(1))
						.matches(Arrays.stream(curl.group(2).strip().split("…"))
							.map(Pattern::quote)
							.collect(Collectors.joining(".*")));
				}
			}
			List<String> others = found("`curl ([^`]+)`", tour);
			assertThat(others).hasSizeGreaterThan(4);
			for (String other : others) {
				Curl curl = Curl.of(other);
				if (curl.path().endsWith("/live")) {
					try (LiveStream live = customer.watch("hamlet")) {
						live.until((picture) -> picture.at("/show/id").asString().equals("hamlet"));
					}
				}
				else {
					assertThat(curl.ask(customer).status()).as(other).isBetween(200, 299);
				}
			}
			for (String address : found("<http://localhost:8080([^>]*)>", tour)) {
				assertThat(customer.get(address.isEmpty() ? "/" : address).status()).as(address).isBetween(200, 399);
			}
		}
	}

	private static List<String> stops() throws IOException {
		String[] parts = Files.readString(TOUR).split("(?m)^## ");
		return List.of(parts).subList(1, parts.length);
	}

	private static List<String> found(String pattern, String text) {
		return Pattern.compile(pattern).matcher(text).results().map((found) -> found.group(1)).toList();
	}

}
