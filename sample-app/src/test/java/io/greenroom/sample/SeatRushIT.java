package io.greenroom.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.greenroom.sample.Customer.Answer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SeatRushIT {

	private static final int BUYERS = 200;

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "first-night", "second-night", "third-night" })
	@DisplayName("D22 200 buyers at once, 50 seats: 50 get one, 150 do not, no seat twice")
	void everySeatIsSoldOnce(String show) throws Exception {
		try (Customer customer = new Customer(this.port);
				var threads = Executors.newVirtualThreadPerTaskExecutor();
				LiveStream live = customer.watch(show)) {
			CyclicBarrier together = new CyclicBarrier(BUYERS);
			List<Callable<Answer>> buyers = IntStream.range(0, BUYERS).<Callable<Answer>>mapToObj((buyer) -> () -> {
				together.await();
				return customer.post("/shows/%s/seats/%s?buyer=B%d".formatted(show,
						Show.SEATS.get(buyer % Show.SEATS.size()), buyer));
			}).toList();
			List<Answer> answers = new ArrayList<>();
			for (Future<Answer> answer : threads.invokeAll(buyers)) {
				answers.add(answer.get());
			}

			assertThat(answers.stream().collect(Collectors.groupingBy(Answer::status, Collectors.counting())))
				.isEqualTo(Map.of(200, 50L, 409, 150L));
			Map<String, String> tickets = answers.stream()
				.filter((answer) -> answer.status() == 200)
				.map(Answer::json)
				.collect(Collectors.toMap(text("seat"), text("buyer"))); // fails on a
																			// seat twice
			JsonNode seats = customer.get("/shows/" + show).json().get("seats");
			assertThat(seats.valueStream().collect(Collectors.toMap(text("seat"), text("buyer")))).isEqualTo(tickets)
				.hasSize(50);
			live.untilState("soldOut"); // the last seat moved the performance
		}
	}

	private static Function<JsonNode, String> text(String field) {
		return (node) -> node.get(field).asString();
	}

}
