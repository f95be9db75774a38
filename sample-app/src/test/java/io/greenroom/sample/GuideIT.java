package io.greenroom.sample;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.sample.Cloakroom.Ticket;
import io.greenroom.sample.Customer.Answer;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.MethodMode;

import static org.assertj.core.api.Assertions.assertThat;

/** What the guide shows of the sample is what happens. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class GuideIT {

	@LocalServerPort
	private int port;

	@Autowired
	private Deferred<Cloakroom> cloakroom;

	@Autowired
	private Lamps lamps;

	@Autowired
	private BoxOffice boxOffice;

	@Autowired
	private GreenScheduler scheduler;

	@Test
	@DirtiesContext(methodMode = MethodMode.BEFORE_METHOD)
	void everyCurlAnswersAsPrinted() throws Exception {
		List<MatchResult> curls = Guide.blocks("sample.md", "console")
			.stream()
			.flatMap((
					console) -> Pattern.compile("(?m)^\\$ curl (.*)\\n((?:(?!\\$ ).*\\n)*)").matcher(console).results())
			.toList();
		assertThat(curls).isNotEmpty();
		try (Customer customer = new Customer(this.port)) {
			for (MatchResult curl : curls) {
				assertThat(ask(customer, curl.group(1)).body()).as(curl.group(1)).isEqualTo(curl.group(2).strip());
			}
		}
	}

	@Test
	void theHandleSaysHowToCall() throws Exception {
		// waits, as an ordinary call does
		Ticket mine = cloakroom.sync().handIn("blue");

		// waits for up to two seconds
		Ticket soon = cloakroom.sync(Duration.ofSeconds(2)).handIn("red");

		// does not wait, regardless of the method
		cloakroom.oneway().handIn("green");

		// two calls in one turn: no other call comes between them
		CompletableFuture<Integer> sum = cloakroom
			.async((room) -> room.handIn("left glove").number() + room.handIn("right glove").number());

		int first = mine.number();
		assertThat(soon.number()).isEqualTo(first + 1);
		assertThat(sum.get(30, TimeUnit.SECONDS)).isEqualTo((first + 3) + (first + 4));
	}

	@Test
	void aLoopLetsCallersIn() {
		assertThat(this.lamps.light()).isPositive();
	}

	@Test
	void aGreenThreadHasAResult() throws Exception {
		GreenThread<Integer> seats = scheduler.spawn("count", () -> boxOffice.show("hamlet").seats().size());
		Integer fifty = seats.get(Duration.ofSeconds(5));

		assertThat(fifty).isEqualTo(50);
	}

	/** Knows as much of curl as the page uses. */
	private static Answer ask(Customer customer, String arguments) throws Exception {
		Deque<String> words = Pattern.compile("'([^']*)'|(\\S+)")
			.matcher(arguments)
			.results()
			.map((word) -> (word.group(1) != null) ? word.group(1) : word.group(2))
			.collect(Collectors.toCollection(ArrayDeque::new));
		String method = "GET";
		String form = "";
		String path = "";
		while (!words.isEmpty()) {
			String word = words.removeFirst();
			switch (word) {
				case "-X" -> method = words.removeFirst();
				case "-d" -> form = words.removeFirst();
				default -> {
					assertThat(word).startsWith("localhost:8080/");
					path = word.substring("localhost:8080".length());
				}
			}
		}
		return switch (method) {
			case "GET" -> customer.get(path);
			case "DELETE" -> customer.delete(path);
			case "POST" -> form.isEmpty() ? customer.post(path) : customer.postForm(path, form);
			default -> throw new IllegalArgumentException("The test does not know curl -X " + method);
		};
	}

}
