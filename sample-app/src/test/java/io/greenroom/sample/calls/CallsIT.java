package io.greenroom.sample.calls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.greenroom.sample.Application;
import io.greenroom.sample.Customer;
import io.greenroom.sample.Customer.Answer;
import io.greenroom.sample.RanOn;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CallsIT {

	private static final int ACTORS = 300;

	@ParameterizedTest
	@CsvSource({ "virtual,auto", "platform,hop" })
	@DisplayName("H12 long polling: 300 wait in plain blocking code, on a server of 4 threads too, and one call answers them all")
	void oneCallAnswersEverybody(String serverThreads, String mode) throws Exception {
		try (Application application = Application.start("greenroom.web.server-threads=" + serverThreads,
				"greenroom.web.mode=" + mode, "server.tomcat.threads.max=4", "box-office.calls.patience=60s");
				Customer customer = new Customer(application.port());
				var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<Answer>> actors = new ArrayList<>();
			for (int i = 0; i < ACTORS; i++) {
				actors.add(threads.submit(() -> customer.get("/calls?after=0")));
			}
			awaitWaiting(customer, ACTORS);
			assertThat(customer.get("/shows").status()).isEqualTo(200);

			assertThat(customer.post("/calls?text=Beginners,+please").status()).isEqualTo(201);
			for (Future<Answer> actor : actors) {
				Answer called = actor.get(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS);
				assertThat(called.body()).isEqualTo("[{\"number\":1,\"text\":\"Beginners, please\"}]");
				assertThat(called.header(RanOn.HEADER)).isEqualTo(serverThreads);
			}
		}
	}

	@Test
	@DisplayName("H12 long polling: 204 at the limit, and no call is missed between two requests")
	void nothingIsMissedBetweenTwoRequests() throws Exception {
		try (Application application = Application.start("box-office.calls.patience=50ms");
				Customer customer = new Customer(application.port())) {
			Answer nothing = customer.get("/calls");
			assertThat(nothing.status()).isEqualTo(204);
			assertThat(nothing.body()).isEmpty();

			customer.post("/calls?text=Half+an+hour");
			customer.post("/calls?text=A+quarter");
			assertThat(customer.get("/calls").json()).hasSize(2);
			assertThat(customer.get("/calls?after=1").body()).isEqualTo("[{\"number\":2,\"text\":\"A quarter\"}]");
			assertThat(customer.get("/calls?after=2").status()).isEqualTo(204);
			assertThat(customer.get("/calls?after=99").json()).as("seen in an earlier run").hasSize(2);

			assertThat(customer.post("/calls?text=+").status()).isEqualTo(400);
			assertThat(customer.post("/calls?text=" + "a".repeat(81)).json().get("detail").asString())
				.isEqualTo("A call has 1 to 80 characters, and this one has 81.");

			for (int i = 0; i < 60; i++) {
				customer.post("/calls?text=" + i);
			}
			assertThat(customer.get("/calls").json()).as("what the board keeps").hasSize(50);
		}
	}

	@Test
	void whoWaitsIsSentAwayWhenTheHouseCloses() throws Exception {
		Application application = Application.start("box-office.calls.patience=60s");
		try (Customer customer = new Customer(application.port());
				var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Future<Answer> actor = threads.submit(() -> customer.get("/calls"));
			awaitWaiting(customer, 1);
			long start = System.nanoTime();
			application.close();
			assertThat(actor.get(1, TimeUnit.SECONDS).status()).isEqualTo(204);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
		}
		finally {
			application.close();
		}
	}

	private static void awaitWaiting(Customer customer, int actors) throws Exception {
		long end = System.nanoTime() + Customer.LIMIT.toNanos();
		int waiting = 0;
		while (waiting < actors && System.nanoTime() < end) {
			waiting = customer.get("/actuator/metrics/greenroom.pool.active?tag=pool:calls")
				.json()
				.at("/measurements/0/value")
				.asInt();
		}
		assertThat(waiting).isEqualTo(actors);
	}

}
