package io.greenroom.sample;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.sample.Cloakroom.Ticket;
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
			.flatMap((console) -> Curl.in(console).stream())
			.toList();
		assertThat(curls).isNotEmpty();
		try (Customer customer = new Customer(this.port)) {
			for (MatchResult curl : curls) {
				assertThat(Curl.of(curl.group(1)).ask(customer).body()).as(curl.group(1))
					.isEqualTo(curl.group(2).strip());
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

}
