package io.greenroom.durable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.durable.internal.Lane;
import io.greenroom.durable.internal.OutboxStore;
import io.greenroom.testkit.TestDatabase;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many stored calls. A million are tried with {@code -Dgreenroom.long=true}, by hand.
 */
@Timeout(600)
class OutboxScaleTests {

	private static final boolean LONG = Boolean.getBoolean("greenroom.long");

	private static final int CALLS = LONG ? 1_000_000 : 20_000;

	private static final int ROUNDS = 50;

	@ParameterizedTest
	@CsvSource({ "POSTGRESQL, 20000", "POSTGRESQL, 1", "H2, 1", "H2, 20000" })
	@DisplayName("O09 a million calls wait, in one lane or in 20 000: to find lanes, take one and read its first calls stays within 10 ms")
	void claims(TestDatabase kind, int most) {
		int lanes = LONG ? most : Math.min(most, 2000);
		try (HikariDataSource pool = kind.fresh()) {
			try (DurableContext context = new DurableContext(pool, new String[] { "greenroom.durable.sweep=1h" },
					Post.Parcels.class)) {
				fill(pool, kind, lanes);
				OutboxStore store = context.bean(OutboxStore.class);
				List<Long> walks = new ArrayList<>();
				List<Long> claims = new ArrayList<>();
				String last = null;
				for (int i = 0; i < ROUNDS; i++) {
					long start = System.nanoTime();
					OutboxStore.Walk walk = store.walk("parcels", last, 200);
					walks.add(System.nanoTime() - start);
					last = walk.last();
					Lane lane = new Lane("parcels", "k" + (i * 7 % lanes));
					start = System.nanoTime();
					boolean taken = store.claim(lane, "me", Duration.ofMinutes(1)) != null;
					assertThat(store.first(lane, 20)).isNotEmpty();
					claims.add(System.nanoTime() - start);
					assertThat(taken).isTrue();
				}
				long start = System.nanoTime();
				assertThat(store.due("parcels", 200)).isEmpty();
				long due = System.nanoTime() - start;
				start = System.nanoTime();
				assertThat(store.backlog("parcels", 100_000).waiting()).isPositive();
				long backlog = System.nanoTime() - start;
				Collections.sort(walks);
				Collections.sort(claims);
				System.out.printf(
						"O09 %s, %d calls in %d lanes: walk %d µs, claim and read %d µs (median of %d), due %d µs, backlog %d µs%n",
						kind, CALLS, lanes, walks.get(ROUNDS / 2) / 1000, claims.get(ROUNDS / 2) / 1000, ROUNDS,
						due / 1000, backlog / 1000);
				// The quickest quarter: the machine has other work too.
				assertThat(Duration.ofNanos(walks.get(ROUNDS / 4))).isLessThanOrEqualTo(Duration.ofMillis(10));
				assertThat(Duration.ofNanos(claims.get(ROUNDS / 4))).isLessThanOrEqualTo(Duration.ofMillis(10));
			}
		}
	}

	private static void fill(HikariDataSource pool, TestDatabase kind, int lanes) {
		JdbcClient jdbc = JdbcClient.create(pool);
		String numbers = (kind == TestDatabase.H2) ? "system_range(0, %d)" : "generate_series(0, %d) x(x)";
		jdbc.sql(
				"insert into greenroom_outbox (handler, key_, method, args, call_id, submitted_at) select 'parcels', 'k' || mod(x, %d), 'plain', '{\"0\":1}', 'id' || x, 1 from %s"
					.formatted(lanes, numbers.formatted(CALLS - 1)))
			.update();
	}

}
