package io.greenroom.sample;

import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.sample.Customer.Answer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.bean.override.convention.TestBean;

import static org.assertj.core.api.Assertions.assertThat;

/** The pool is the one of application.yml: two at work, two in line. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "greenroom.pools.reports.queue-timeout=60s")
class ReportsIT {

	private static final int CALLERS = 20;

	@LocalServerPort
	private int port;

	@TestBean
	private Ledger ledger;

	private static Ledger ledger() {
		return new HeldLedger();
	}

	@Test
	@DisplayName("H01 H02 two reports run, two wait, sixteen get 503 with Retry-After, and the rest of the house answers")
	void neverMoreThanTwoReportsAtOnce() throws Exception {
		HeldLedger held = (HeldLedger) this.ledger;
		try (Customer customer = new Customer(this.port); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			CompletionService<Answer> answers = new ExecutorCompletionService<>(threads);
			for (int i = 0; i < CALLERS; i++) {
				answers.submit(() -> customer.get("/reports"));
			}

			// Nothing leaves the ledger yet, so what comes back now was rejected.
			for (int i = 0; i < CALLERS - 4; i++) {
				Answer rejected = next(answers);
				assertThat(rejected.status()).isEqualTo(503);
				assertThat(rejected.header("Retry-After")).isEqualTo("1");
				assertThat(rejected.header("Content-Type")).startsWith("application/problem+json");
				assertThat(rejected.json().get("status").asInt()).isEqualTo(503);
			}
			assertThat(held.twoInside.await(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(customer.get("/shows").status()).isEqualTo(200);
			assertThat(customer.get("/").status()).isEqualTo(200);
			assertThat(customer.get("/actuator/health").status()).isEqualTo(200);

			held.gate.countDown();
			for (int i = 0; i < 4; i++) {
				Answer written = next(answers);
				assertThat(written.status()).isEqualTo(200);
				assertThat(written.json().get("atOnce").asInt()).isBetween(1, 2);
			}
			assertThat(held.most).hasValue(2);
		}
		finally {
			held.gate.countDown();
		}
	}

	private static Answer next(CompletionService<Answer> answers) throws Exception {
		Future<Answer> answer = answers.poll(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS);
		assertThat(answer).as("an answer in time").isNotNull();
		return answer.get();
	}

	/** Keeps its readers until the gate opens, and counts them. */
	static final class HeldLedger implements Ledger {

		final CountDownLatch twoInside = new CountDownLatch(2);

		final CountDownLatch gate = new CountDownLatch(1);

		final AtomicInteger inside = new AtomicInteger();

		final AtomicInteger most = new AtomicInteger();

		@Override
		public int read() throws InterruptedException {
			int atOnce = this.inside.incrementAndGet();
			this.most.accumulateAndGet(atOnce, Math::max);
			try {
				this.twoInside.countDown();
				this.gate.await();
				return atOnce;
			}
			finally {
				this.inside.decrementAndGet();
			}
		}

	}

}
