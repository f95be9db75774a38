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
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many stored calls. A million are tried with {@code -Dgreenroom.long=true}, by hand, and
 * timed then.
 */
@Timeout(600)
class OutboxScaleTests {

	private static final boolean LONG = Boolean.getBoolean("greenroom.long");

	private static final int CALLS = LONG ? 1_000_000 : 20_000;

	private static final int ROUNDS = 50;

	@ParameterizedTest
	@CsvSource({ "POSTGRESQL, 20000", "POSTGRESQL, 1", "H2, 1", "H2, 20000" })
	@DisplayName("O09 a million calls wait, in one lane or in 20 000: to find lanes, take one and read its first calls reads few rows, and stays within 10 ms")
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
				assertThat(store.due("parcels", 200)).isEmpty();
				assertThat(store.backlog("parcels", 100_000).waiting()).isPositive();
				if (kind == TestDatabase.POSTGRESQL) {
					readsFew(context, store, lanes);
				}
				if (LONG) {
					isQuick(kind, lanes, walks, claims);
				}
			}
		}
	}

	/**
	 * PostgreSQL counts the rows that a session has read, and its transaction sees that.
	 */
	private static void readsFew(DurableContext context, OutboxStore store, int lanes) {
		JdbcClient jdbc = context.bean(JdbcClient.class);
		TransactionTemplate transaction = new TransactionTemplate(context.bean(PlatformTransactionManager.class));
		transaction.executeWithoutResult((status) -> {
			long before = read(jdbc);
			assertThat(store.walk("parcels", null, 200).free()).isNotNull();
			assertThat(read(jdbc) - before).as("a walk over 200 lanes").isLessThanOrEqualTo(2_000);
		});
		transaction.executeWithoutResult((status) -> {
			long before = read(jdbc);
			Lane lane = new Lane("parcels", "k" + (lanes - 1));
			assertThat(store.first(lane, 20)).hasSizeBetween(1, 20);
			assertThat(store.due("parcels", 200)).isEmpty();
			assertThat(read(jdbc) - before).as("the first calls of a lane").isLessThanOrEqualTo(500);
		});
	}

	private static long read(JdbcClient jdbc) {
		return jdbc.sql(
				"select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_user_tables where relname like 'greenroom_%'")
			.query(Long.class)
			.single();
	}

	private static void isQuick(TestDatabase kind, int lanes, List<Long> walks, List<Long> claims) {
		Collections.sort(walks);
		Collections.sort(claims);
		System.out.printf("O09 %s, %d calls in %d lanes: walk %d µs, claim and read %d µs (median of %d)%n", kind,
				CALLS, lanes, walks.get(ROUNDS / 2) / 1000, claims.get(ROUNDS / 2) / 1000, ROUNDS);
		assertThat(Duration.ofNanos(walks.get(ROUNDS / 2))).isLessThanOrEqualTo(Duration.ofMillis(10));
		assertThat(Duration.ofNanos(claims.get(ROUNDS / 2))).isLessThanOrEqualTo(Duration.ofMillis(10));
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
