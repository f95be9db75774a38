package io.greenroom.sample.agency;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.greenroom.sample.Customer;
import io.greenroom.sample.Customer.Answer;
import io.greenroom.sample.RanOn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/** The box office has one slot: an agency in the same pool would wait for itself. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "greenroom.pools.default.size=1",
		"greenroom.pools.default.queue-timeout=30s", "greenroom.pools.agency.queue-timeout=30s" })
class AgencyIT {

	@LocalServerPort
	private int port;

	private Customer customer;

	@BeforeEach
	void open() {
		this.customer = new Customer(this.port);
	}

	@AfterEach
	void close() {
		this.customer.close();
	}

	@Test
	@DisplayName("H12 HTTP client: 60 customers of the agency at once, which asks the box office for each, get the 50 seats")
	void everySeatIsSoldOverTheAgencyOnce() throws Exception {
		List<Callable<Answer>> buyers = IntStream.range(0, 60)
			.<Callable<Answer>>mapToObj((i) -> () -> this.customer.post("/agency/first-night/tickets?buyer=A%26B" + i))
			.toList();
		Set<String> sold = new HashSet<>();
		List<Answer> rejected = new ArrayList<>();
		try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (Future<Answer> answer : threads.invokeAll(buyers)) {
				Answer said = answer.get();
				assertThat(said.header(RanOn.HEADER)).isEqualTo(RanOn.GREEN);
				if (said.status() == 200) {
					assertThat(said.json().get("buyer").asString()).startsWith("A&B");
					sold.add(said.json().get("seat").asString());
				}
				else {
					rejected.add(said);
				}
			}
		}
		assertThat(sold).hasSize(50);
		assertThat(rejected).hasSize(10).allSatisfy((answer) -> {
			assertThat(answer.status()).isEqualTo(409);
			assertThat(answer.json().get("detail").asString())
				.startsWith("The agency asked for every seat of 'first-night'");
		});
	}

	@Test
	void whatTheBoxOfficeRejectsIsPassedOn() throws Exception {
		Answer unknown = this.customer.post("/agency/othello/tickets?buyer=Ann");
		assertThat(unknown.status()).isEqualTo(404);
		assertThat(unknown.json().get("detail").asString()).startsWith("There is no show 'othello'.");
		assertThat(this.customer.post("/agency/second-night/tickets?buyer=+").status()).isEqualTo(400);
		assertThat(this.customer.post("/agency/godot/tickets?buyer=Ann").status()).as("not on sale").isEqualTo(409);
	}

}
