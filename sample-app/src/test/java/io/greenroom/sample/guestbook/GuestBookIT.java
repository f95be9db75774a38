package io.greenroom.sample.guestbook;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.greenroom.sample.Customer;
import io.greenroom.sample.Customer.Answer;
import io.greenroom.sample.RanOn;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "greenroom.pools.guest-book.queue-timeout=60s")
class GuestBookIT {

	private static final int GUESTS = 40;

	private static final int CONNECTIONS = 4;

	@LocalServerPort
	private int port;

	@Autowired
	private DataSource database;

	@Test
	@DisplayName("H12 JDBC: 40 guests, 4 connections: four at work, the rest in line, nobody waits for a connection")
	void nobodyWaitsForAConnection() throws Exception {
		HeldDatabase held = (HeldDatabase) this.database;
		try (Customer customer = new Customer(this.port); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<Answer>> guests = new ArrayList<>();
			held.hold();
			for (int i = 0; i < GUESTS; i++) {
				String text = "'); drop table guest_book; --".replace("'", "%27").replace(" ", "+") + i;
				guests.add(threads.submit(() -> customer.post("/guest-book?guest=Ann&text=" + text)));
			}
			assertThat(held.allInside.await(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(customer.get("/shows").status()).as("the rest of the house").isEqualTo(200);

			held.gate.countDown();
			for (Future<Answer> guest : guests) {
				Answer signed = guest.get(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS);
				assertThat(signed.status()).isEqualTo(201);
				assertThat(signed.header(RanOn.HEADER)).isEqualTo(RanOn.GREEN);
			}
			assertThat(held.most).hasValue(CONNECTIONS);
			assertThat(customer.get("/guest-book").json()).hasSize(20);
		}
		finally {
			held.gate.countDown();
		}
	}

	@Test
	void whatDoesNotFitIsRejectedWithTheLimit() throws Exception {
		try (Customer customer = new Customer(this.port)) {
			Answer tooLong = customer.post("/guest-book?guest=Ann&text=" + "a".repeat(201));
			assertThat(tooLong.status()).isEqualTo(400);
			assertThat(tooLong.json().get("detail").asString())
				.isEqualTo("The parameter 'text' has 201 characters; give 1 to 200.");
			assertThat(customer.post("/guest-book?guest=&text=a").status()).isEqualTo(400);
		}
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Held {

		@Bean
		static BeanPostProcessor heldDatabase() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof DataSource pool) ? new HeldDatabase(pool) : bean;
				}

			};
		}

	}

	/** Keeps those who ask for a connection at a gate, and counts them. */
	static final class HeldDatabase extends DelegatingDataSource {

		final CountDownLatch allInside = new CountDownLatch(CONNECTIONS);

		final CountDownLatch gate = new CountDownLatch(1);

		final AtomicInteger inside = new AtomicInteger();

		final AtomicInteger most = new AtomicInteger();

		private volatile boolean held;

		HeldDatabase(DataSource pool) {
			super(pool);
		}

		void hold() {
			this.held = true;
		}

		@Override
		public Connection getConnection() throws SQLException {
			if (!this.held) {
				return super.getConnection();
			}
			this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
			try {
				this.allInside.countDown();
				if (!this.gate.await(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
					throw new SQLException("The gate stayed shut");
				}
				return super.getConnection();
			}
			catch (InterruptedException ex) {
				throw new SQLException(ex);
			}
			finally {
				this.inside.decrementAndGet();
			}
		}

	}

}
