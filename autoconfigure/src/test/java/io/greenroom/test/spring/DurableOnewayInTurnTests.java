package io.greenroom.test.spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.green.Parking;
import io.greenroom.test.GreenroomTest;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.TestDatabase;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/** Calls that are stored for later delivery, in tests whose threads take turns. */
@Timeout(60)
@GreenroomTest
@DirtiesContext
@SpringBootTest(classes = DurableOnewayInTurnTests.Application.class)
class DurableOnewayInTurnTests {

	private static final int ROUNDS = Rounds.of(20);

	@Autowired
	Receipts receipts;

	@Autowired
	Till till;

	@Test
	@DisplayName("U05 what the test's thread stores is delivered")
	void byTheTest() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			this.receipts.write("test " + i);
			await("test " + i);
		}
	}

	@Test
	@DisplayName("U05 what a body stores is delivered")
	void byABody() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			this.till.pay("body " + i);
			await("body " + i);
		}
	}

	/** Waits by Greenroom's means, so that the body can run on the thread that leads. */
	private static void await(String what) throws InterruptedException {
		long start = System.nanoTime();
		while (!Receipts.WRITTEN.contains(what)) {
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
			Parking.sleep(Duration.ofMillis(1));
		}
	}

	@Component
	@DeferredHandler
	static class Till {

		private final Receipts receipts;

		Till(Receipts receipts) {
			this.receipts = receipts;
		}

		@Transactional
		void pay(String what) {
			this.receipts.write(what);
		}

	}

	@Component
	@DeferredHandler
	static class Receipts {

		static final List<String> WRITTEN = new CopyOnWriteArrayList<>();

		@Oneway(durable = true)
		void write(String what) {
			WRITTEN.add(what);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Till.class, Receipts.class })
	static class Application {

		@Bean
		HikariDataSource dataSource() {
			return TestDatabase.POSTGRESQL.fresh();
		}

	}

}
