package io.greenroom.durable;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.KeyedEntry;
import io.greenroom.state.State;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What the guide to durable handlers says is what the code does. */
@Timeout(60)
class DurableDocsTests {

	@Test
	void everyJavaBlockIsCompiledHere() throws IOException {
		String source = withoutIndent(
				Files.readString(Path.of("src/test/java/io/greenroom/durable/DurableDocsTests.java")));
		List<String> blocks = Pattern.compile("(?ms)^```java\\n(.*?)^```$")
			.matcher(Files.readString(Path.of("../docs/guide/durable-handlers.md")))
			.results()
			.map((block) -> block.group(1))
			.filter((block) -> !block.startsWith("interface"))
			.toList();
		assertThat(blocks).hasSizeGreaterThan(1)
			.allSatisfy((block) -> assertThat(source).contains(withoutIndent(block)));
	}

	private static String withoutIndent(String source) {
		return source.lines()
			.map((line) -> line.strip().replaceFirst("^static (?=class)", ""))
			.collect(Collectors.joining("\n"));
	}

	@Test
	@DisplayName("R05 the guide's stock is stored, rolls back as a whole, and reads what an older class has written")
	void theGuide() {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			JdbcClient jdbc = JdbcClient.create(pool);
			jdbc.sql("create table reservations (customer varchar(9), article varchar(9), pieces int)").update();
			try (DurableContext context = DurableContext.of(pool, Stock.class)) {
				Keyed<String, Stock> stocks = context.keyed(String.class, Stock.class);
				stocks.get("tea").add(10);
				stocks.get("tea").reserve("o1", 4);
				assertThatIllegalStateException().isThrownBy(() -> stocks.get("tea").reserve("o2", 7))
					.withMessage("Not enough of tea");
				Until.until("the instance to go", () -> stocks.passivate("tea"));
				assertThat(stocks.get("tea").told()).isEqualTo("6 left, reserved {o1=4}");
				assertThat(jdbc.sql("select count(*) from reservations").query(Long.class).single()).isEqualTo(1);
			}
			jdbc.sql("update greenroom_row set stored = '{\"boxes\":3}'").update();
			try (DurableContext context = DurableContext.of(pool, NewStock.class)) {
				assertThat(context.keyed(String.class, NewStock.class).get("tea").add(1)).isEqualTo(37);
			}
		}
	}

	@Test
	@DisplayName("R03 the guide's order waits for its payment over a restart, and ships in one transaction with its move; R01 or expires")
	void theMachine() {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			JdbcClient jdbc = JdbcClient.create(pool);
			jdbc.sql("create table reserved (id uuid, reference varchar(9), total decimal(9, 2))").update();
			UUID id = UUID.randomUUID();
			UUID late = UUID.randomUUID();
			try (DurableContext context = DurableContext.of(pool, Order.class, Warehouse.class)) {
				Keyed<UUID, Order> orders = context.keyed(UUID.class, Order.class);
				orders.get(id).awaitingPayment(new BigDecimal("9.50"));
				orders.get(late).awaitingPayment(BigDecimal.ONE);
				Until.until("both to wait", () -> jdbc
					.sql("select count(*) from greenroom_row where state = 'awaitingPayment' and status = 'RESTING'")
					.query(Long.class)
					.single() == 2);
			}
			jdbc.sql("update greenroom_row set deadline_at = 1, version = version + 1 where key_ = ?")
				.param(late.toString())
				.update();
			try (DurableContext context = DurableContext.of(pool, Order.class, Warehouse.class)) {
				Keyed<UUID, Order> orders = context.keyed(UUID.class, Order.class);
				List<KeyedEntry<UUID>> waiting = orders.in("awaitingPayment", 100);
				assertThat(waiting).extracting(KeyedEntry::key).contains(id);
				orders.get(id).paid("r1");
				Until.until("one to ship, one to expire", () -> orders.counts()
					.equals(Map.of("awaitingPayment", 0L, "paid", 0L, "shipped", 1L, "expired", 1L)));
				Until.until("it to be handed over", () -> context.bean(Warehouse.class).handed.contains(id));
			}
			assertThat(jdbc.sql("select total from reserved").query(BigDecimal.class).single())
				.isEqualByComparingTo("9.5");
		}
	}

	static class Warehouse {

		private final JdbcClient jdbc;

		final Set<UUID> handed = ConcurrentHashMap.newKeySet();

		Warehouse(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		void reserve(UUID order, String reference, BigDecimal total) {
			this.jdbc.sql("insert into reserved values (?, ?, ?)").params(order, reference, total).update();
		}

		void hand(UUID order) {
			this.handed.add(order);
		}

	}

	@Component
	@DeferredHandler
	@Durable(name = "order")
	static class Order {

		private final UUID id;

		private final Warehouse warehouse;

		@Stored
		private BigDecimal total;

		Order(@Key UUID id, Warehouse warehouse) {
			this.id = id;
			this.warehouse = warehouse;
		}

		@State(initial = true, transitionsTo = { "paid", "expired" }, timeout = "15m", onTimeout = "expired")
		void awaitingPayment(BigDecimal total) {
			this.total = total;
		}

		@Transactional
		@State(transitionsTo = "shipped")
		void paid(String reference) {
			this.warehouse.reserve(this.id, reference, this.total);
			shipped(); // the reservation and the move are committed together
		}

		@State
		void shipped() {
			this.warehouse.hand(this.id);
		}

		@State
		void expired() {
		}

	}

	@Service
	@DeferredHandler
	@Durable(name = "stock")
	static class Stock {

		private final String article;

		private final JdbcClient jdbc;

		@Stored
		private int pieces;

		@Stored
		private Map<String, Integer> reserved = new TreeMap<>();

		private int calls; // of this instance, in memory only

		Stock(@Key String article, JdbcClient jdbc) {
			this.article = article;
			this.jdbc = jdbc;
		}

		int add(int more) {
			this.calls++;
			return this.pieces += more;
		}

		@Transactional
		void reserve(String order, int number) {
			this.pieces -= number;
			this.reserved.merge(order, number, Integer::sum);
			this.jdbc.sql("insert into reservations values (?, ?, ?)").params(order, this.article, number).update();
			if (this.pieces < 0) {
				throw new IllegalStateException("Not enough of " + this.article);
			}
		}

		@ReadOnly
		String told() {
			return this.pieces + " left, reserved " + this.reserved;
		}

	}

	@DeferredHandler
	@Durable(name = "stock", version = 2)
	static class NewStock {

		@Stored
		private int pieces;

		NewStock(@Key String article) {
		}

		int add(int more) {
			return this.pieces += more;
		}

		@Upgrade
		void upgrade(int version, Map<String, Object> stored) {
			this.pieces = ((Number) stored.get("boxes")).intValue() * 12;
		}

	}

}
