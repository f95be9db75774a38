package io.greenroom.durable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.keyed.Key;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two JVMs that deliver stored calls, one of which is killed by -9 in the middle; with
 * {@code -Dgreenroom.long=true} of as many calls as the promise names.
 */
@Timeout(180)
class OutboxKilledTests {

	private static final int LANES = 20;

	private static final int EACH = Boolean.getBoolean("greenroom.long") ? 200 : 20;

	@Test
	@DisplayName("O01 kill -9 amid calls in 20 lanes on two nodes: transactional effects once, others at least once under one id, order in each lane, soon again; O10 with their context")
	void killed() {
		try (HikariDataSource pool = TestDatabase.POSTGRESQL.fresh()) {
			JdbcClient jdbc = JdbcClient.create(pool);
			createEffects(jdbc);
			try (BootProcess first = start(pool); BootProcess second = start(pool)) {
				first.await("ready");
				second.await("ready");
				fill(jdbc);
				Until.until("some to be delivered", () -> count(jdbc, "effect") > LANES * EACH / 10);
				first.kill();
				Until.until("all to be delivered", java.time.Duration.ofSeconds(90),
						() -> count(jdbc, "greenroom_outbox") == 0);
			}
			check(jdbc);
		}
	}

	@Test
	@DisplayName("O01 a node that freezes in the middle of a delivery: another one delivers when its lease is over, and the one that wakes stores nothing")
	void frozen() {
		try (HikariDataSource pool = TestDatabase.POSTGRESQL.fresh()) {
			JdbcClient jdbc = JdbcClient.create(pool);
			createEffects(jdbc);
			try (BootProcess first = start(pool, "--paused")) {
				first.await("ready");
				jdbc.sql("""
						insert into greenroom_outbox (handler, key_, method, args, context, call_id, submitted_at)
						select 'courier', 'lane', 'booked', '{"0":' || x || '}', '{"mdc.who":"ann"}', 'id' || x, 1
						from generate_series(0, 2) x(x)
						""").update();
				first.await("middle");
				first.freeze();
				try (BootProcess second = start(pool)) {
					second.await("ready");
					Until.until("another to deliver", java.time.Duration.ofSeconds(90),
							() -> count(jdbc, "greenroom_outbox") == 0);
					first.letOn();
					first.thaw();
					first.await("rolled back");
				}
			}
			assertThat(jdbc.sql("select number from effect order by n").query(Integer.class).list()).containsExactly(0,
					1, 2);
			assertThat(jdbc.sql("select delivery from effect order by n").query(String.class).list())
				.containsExactly("id0", "id1", "id2");
			assertThat(count(jdbc, "greenroom_dead_letter")).isZero();
		}
	}

	private static void createEffects(JdbcClient jdbc) {
		jdbc.sql(
				"create table effect (n serial, what varchar(60), number int, delivery varchar(60), who varchar(9), at_ timestamp default clock_timestamp())")
			.update();
	}

	private static long count(JdbcClient jdbc, String from) {
		return jdbc.sql("select count(*) from " + from).query(Long.class).single();
	}

	private static void fill(JdbcClient jdbc) {
		jdbc.sql("""
				insert into greenroom_outbox (handler, key_, method, args, context, call_id, submitted_at)
				select 'courier', 'lane' || mod(x, :lanes), case when mod(x, 2) = 0 then 'booked' else 'told' end,
				'{"0":' || x / :lanes || '}', '{"mdc.who":"ann"}', 'id' || x, 1 from generate_series(0, :last) x(x)
				""").param("lanes", LANES).param("last", LANES * EACH - 1).update();
	}

	/** Even lanes are transactional, odd ones are not. */
	private static void check(JdbcClient jdbc) {
		Map<String, List<Integer>> seen = new HashMap<>();
		Map<String, HashSet<String>> ids = new HashMap<>();
		jdbc.sql("select what, number, delivery, who from effect order by n").query((result) -> {
			seen.computeIfAbsent(result.getString(1), (any) -> new ArrayList<>()).add(result.getInt(2));
			ids.computeIfAbsent(result.getString(1) + "/" + result.getInt(2), (any) -> new HashSet<>())
				.add(result.getString(3));
			assertThat(result.getString(4)).isEqualTo("ann");
		});
		assertThat(seen).hasSize(LANES);
		assertThat(ids).hasSize(LANES * EACH).allSatisfy((call, each) -> assertThat(each).hasSize(1));
		for (int lane = 0; lane < LANES; lane++) {
			List<Integer> numbers = seen.get("lane" + lane);
			assertThat(numbers).isSorted();
			assertThat(new HashSet<>(numbers)).hasSize(EACH);
			if (lane % 2 == 0) {
				assertThat(numbers).hasSize(EACH);
			}
		}
		Double longest = jdbc.sql(
				"select max(extract(epoch from at_ - before)) from (select at_, lag(at_) over (partition by what order by n) before from effect) gaps")
			.query(Double.class)
			.single();
		// A second of the lease and one more; the rest is the machine's.
		assertThat(longest).isLessThan(10);
	}

	private static BootProcess start(HikariDataSource database, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--database=" + database.getJdbcUrl(),
				"--greenroom.outbox.lease=1s", "--greenroom.durable.sweep=100ms", "--spring.main.banner-mode=off",
				"--logging.level.root=warn"));
		arguments.addAll(List.of(more));
		return new BootProcess(Node.class, arguments.toArray(String[]::new));
	}

	/** One of the JVMs. */
	@Configuration(proxyBeanMethods = false)
	@Import({ DurableContext.Base.class, DurableContext.Transactions.class })
	static class Node {

		/** Whether its first call pauses in the middle. */
		private static volatile boolean pausing;

		public static void main(String[] args) {
			pausing = List.of(args).contains("--paused");
			new SpringApplicationBuilder(Node.class).web(WebApplicationType.NONE).run(args);
			BootProcess.stayAt("ready");
		}

		@Bean
		DataSource dataSource(Environment environment) {
			return TestDatabase.pool(environment.getRequiredProperty("database"), 10);
		}

		@Configuration(proxyBeanMethods = false)
		@Import(Handlers.class)
		static class More {

		}

	}

	/** Gives the handler its name. */
	static class Handlers implements org.springframework.context.annotation.ImportBeanDefinitionRegistrar {

		@Override
		public void registerBeanDefinitions(org.springframework.core.type.AnnotationMetadata metadata,
				org.springframework.beans.factory.support.BeanDefinitionRegistry registry) {
			registry.registerBeanDefinition("courier",
					new org.springframework.beans.factory.support.RootBeanDefinition(Courier.class));
		}

	}

	/** Delivers. */
	@DeferredHandler
	static class Courier {

		private final String id;

		private final JdbcClient jdbc;

		Courier(@Key String id, JdbcClient jdbc) {
			this.id = id;
			this.jdbc = jdbc;
		}

		@Oneway(durable = true)
		@Transactional
		void booked(int number) {
			enter(number);
			if (Node.pausing) {
				Node.pausing = false;
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void afterCompletion(int status) {
						BootProcess.at((status == STATUS_COMMITTED) ? "committed" : "rolled back");
					}

				});
				BootProcess.pauseAt("middle");
			}
		}

		@Oneway(durable = true)
		void told(int number) {
			enter(number);
		}

		private void enter(int number) {
			this.jdbc.sql("insert into effect (what, number, delivery, who) values (?, ?, ?, ?)")
				.params(this.id, number, Delivery.current().id(), MDC.get("who"))
				.update();
		}

	}

}
