package io.greenroom.sample;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.bean.override.convention.TestBean;

import static org.assertj.core.api.Assertions.assertThat;

/** What the page tells of twenty customers, with a ledger that the test holds. */
@Timeout(120)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "greenroom.pools.reports.queue-timeout=60s", "box-office.patience=10s" })
class OverloadIT {

	private static final int CUSTOMERS = 20;

	@LocalServerPort
	private int port;

	@TestBean
	private Ledger ledger;

	private static Ledger ledger() {
		return new HeldLedger();
	}

	@Test
	@DisplayName("H01 H02 sixteen of twenty are told at once to come back, and without a bound all of them wait in vain")
	void bothSides() throws Exception {
		HeldLedger held = (HeldLedger) this.ledger;
		try (HttpClient http = HttpClient.newHttpClient();
				InputStream lines = http.send(request(), BodyHandlers.ofInputStream()).body()) {
			Iterator<String> visits = new Scanner(lines, StandardCharsets.UTF_8).useDelimiter("\n");

			// Nobody leaves the ledger yet, so those who know already were rejected.
			for (int i = 0; i < CUSTOMERS - 4; i++) {
				JsonNode away = next(visits, "/reports");
				assertThat(away.get("status").asInt()).isEqualTo(503);
				assertThat(away.get("retryAfter").asString()).isEqualTo("1");
			}
			held.bounded.countDown();
			for (int i = 0; i < 4; i++) {
				assertThat(next(visits, "/reports").get("status").asInt()).isEqualTo(200);
			}

			// The ledger is held again, until everybody has left.
			for (int i = 0; i < CUSTOMERS; i++) {
				JsonNode left = next(visits, "/reports/unbounded");
				assertThat(left.get("status").asInt()).isZero();
				assertThat(left.get("millis").asLong()).isGreaterThanOrEqualTo(10_000);
			}
			assertThat(held.inside).as("reports that nobody waits for").hasValueGreaterThanOrEqualTo(CUSTOMERS);
			held.unbounded.countDown();
			assertThat(visits.hasNext()).isFalse();
		}
		finally {
			held.bounded.countDown();
			held.unbounded.countDown();
		}
	}

	private HttpRequest request() {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/overload"))
			.POST(BodyPublishers.noBody())
			.build();
	}

	private static JsonNode next(Iterator<String> visits, String path) {
		JsonNode visit = JsonMapper.shared().readTree(visits.next());
		assertThat(visit.get("path").asString()).isEqualTo(path);
		return visit;
	}

	/** The first four readers are those of the bounded pool. */
	static final class HeldLedger implements Ledger {

		final CountDownLatch bounded = new CountDownLatch(1);

		final CountDownLatch unbounded = new CountDownLatch(1);

		final AtomicInteger readers = new AtomicInteger();

		final AtomicInteger inside = new AtomicInteger();

		@Override
		public int read() throws InterruptedException {
			int atOnce = this.inside.incrementAndGet();
			try {
				((this.readers.incrementAndGet() <= 4) ? this.bounded : this.unbounded).await();
				return atOnce;
			}
			finally {
				this.inside.decrementAndGet();
			}
		}

	}

}
