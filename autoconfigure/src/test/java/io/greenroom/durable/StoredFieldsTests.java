package io.greenroom.durable;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import jakarta.annotation.PostConstruct;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What can be stored, and what becomes of it when the class changes. */
@ParameterizedClass
@MethodSource("io.greenroom.testkit.TestDatabase#all")
@Timeout(60)
class StoredFieldsTests {

	private final HikariDataSource pool;

	StoredFieldsTests(TestDatabase database) {
		this.pool = database.fresh();
	}

	@AfterEach
	void end() {
		this.pool.close();
	}

	@Test
	@DisplayName("R09 records, generics, times, decimals, enums, maps and null come back equal")
	void types() {
		Contents first = Contents.sample();
		try (DurableContext context = DurableContext.of(this.pool, Chest.class)) {
			Keyed<Kind, Chest> chests = context.keyed(Kind.class, Chest.class);
			chests.get(Kind.LARGE).fill(first);
			Until.until("the instance to go", () -> chests.passivate(Kind.LARGE));
			assertThat(chests.get(Kind.LARGE).contents()).isEqualTo(first);
			assertThat(chests.get(Kind.LARGE).writes()).as("nothing looks changed").isEqualTo(1);
			chests.get(Kind.LARGE).nothing();
			chests.get(Kind.LARGE).empty();
			Until.until("the instance to go", () -> chests.passivate(Kind.LARGE));
			assertThat(chests.get(Kind.LARGE).contents()).isEqualTo(Contents.none());
		}
		assertThat(JdbcClient.create(this.pool)
			.sql("select version from greenroom_row where handler = 'chest' and key_ = 'LARGE'")
			.query(Long.class)
			.single()).isEqualTo(2);
	}

	@Test
	@DisplayName("R09 a field added later has its initial value, a removed one is ignored; @Upgrade gets the old version and values")
	void changedClasses() {
		try (DurableContext context = DurableContext.of(this.pool, First.class)) {
			context.keyed(Long.class, First.class).get(7L).set("Ann", 12);
		}
		try (DurableContext context = DurableContext.of(this.pool, Second.class)) {
			Keyed<Long, Second> people = context.keyed(Long.class, Second.class);
			assertThat(people.get(7L).told()).isEqualTo("Ann, of nowhere, ready Ann");
			people.get(7L).move("Rome");
		}
		assertThat(stored()).isEqualTo("{\"city\":\"Rome\",\"name\":\"Ann\"}");
		try (DurableContext context = DurableContext.of(this.pool, Third.class)) {
			Keyed<Long, Third> people = context.keyed(Long.class, Third.class);
			assertThat(people.get(7L).told()).isEqualTo("Ann from Rome, read from version 1");
			assertThat(stored()).as("a read writes nothing").contains("city");
			people.get(7L).nothing();
		}
		assertThat(stored()).isEqualTo("{\"address\":\"Ann from Rome\",\"from\":1}");
		try (DurableContext context = DurableContext.of(this.pool, Third.class)) {
			assertThat(context.keyed(Long.class, Third.class).get(7L).told())
				.isEqualTo("Ann from Rome, read from version 1");
		}
		try (DurableContext context = DurableContext.of(this.pool, Second.class)) {
			assertThatExceptionOfType(UnreadableRowException.class)
				.isThrownBy(() -> context.keyed(Long.class, Second.class).get(7L).told())
				.withMessageContaining(
						"The row of person[7] was written by version 2 of its class, and this is version 1");
		}
		JdbcClient.create(this.pool).sql("update greenroom_row set stored = 'no json', shape = 1").update();
		try (DurableContext context = DurableContext.of(this.pool, Third.class)) {
			assertThatExceptionOfType(UnreadableRowException.class)
				.isThrownBy(() -> context.keyed(Long.class, Third.class).get(7L).told());
		}
	}

	@Test
	@DisplayName("R09 what an @Upgrade method throws is what the callers get, and the row stays as it is")
	void failingUpgrade() {
		try (DurableContext context = DurableContext.of(this.pool, First.class)) {
			context.keyed(Long.class, First.class).get(7L).set("fails", 12);
			context.keyed(Long.class, First.class).get(8L).set("Bob", 12);
		}
		try (DurableContext context = DurableContext.of(this.pool, Third.class)) {
			Keyed<Long, Third> people = context.keyed(Long.class, Third.class);
			for (int i = 0; i < 2; i++) {
				assertThatIllegalStateException().isThrownBy(() -> people.get(7L).told()).withMessage("old");
			}
			assertThat(people.get(8L).told()).startsWith("Bob");
		}
	}

	@Test
	@DisplayName("R09 a value of a million characters is stored as any other")
	void longValues() {
		String name = "\u00e4".repeat(1_000_000);
		try (DurableContext context = DurableContext.of(this.pool, First.class)) {
			Keyed<Long, First> people = context.keyed(Long.class, First.class);
			people.get(7L).set(name, 1);
			Until.until("the instance to go", () -> people.passivate(7L));
			assertThat(people.get(7L).name()).isEqualTo(name);
		}
	}

	private String stored() {
		return JdbcClient.create(this.pool).sql("select stored from greenroom_row").query(String.class).single();
	}

	enum Kind {

		SMALL, LARGE {
			@Override
			public String toString() {
				return "a large one";
			}
		}

	}

	record Money(BigDecimal amount, String currency) {
	}

	record Pair<A, B>(A left, B right) {
	}

	record Contents(int number, Integer boxed, boolean flag, double share, char letter, String text, Kind kind,
			Instant at, LocalDate day, Duration length, UUID id, Money price, BigDecimal exact, byte[] bytes,
			Pair<String, List<Money>> pair, Map<Kind, Set<Long>> map, Optional<Money> maybe,
			List<@Nullable String> holes, TimeUnit unit) {

		static Contents sample() {
			List<String> holes = new ArrayList<>();
			holes.add("a");
			holes.add(null);
			EnumMap<Kind, Set<Long>> map = new EnumMap<>(Kind.class);
			map.put(Kind.SMALL, Set.of(Long.MAX_VALUE));
			map.put(Kind.LARGE, Set.of());
			return new Contents(Integer.MIN_VALUE, 5, true, 0.1, '\u00e9', "\"quoted\"\n\uD83D\uDE00", Kind.LARGE,
					Instant.parse("2026-02-28T12:00:00.123456789Z"), LocalDate.of(2028, 2, 29), Duration.ofNanos(1),
					UUID.randomUUID(), new Money(new BigDecimal("10.00"), "EUR"),
					new BigDecimal("0.1000000000000000000000000000001"), null,
					new Pair<>("left", List.of(new Money(new BigDecimal("1E+3"), "USD"))), map,
					Optional.of(new Money(BigDecimal.ONE, "CHF")), holes, TimeUnit.DAYS);
		}

		static Contents none() {
			return new Contents(0, null, false, 0, '\u0000', null, null, null, null, null, null, null, null, null, null,
					null, Optional.empty(), null, null);
		}

	}

	@DeferredHandler
	@Durable(name = "chest")
	static class Chest extends Box {

		@Stored
		private int number;

		@Stored
		private @Nullable Integer boxed;

		@Stored
		private boolean flag;

		@Stored
		private double share;

		@Stored
		private char letter;

		@Stored
		private @Nullable String text;

		@Stored
		private @Nullable Kind kind;

		@Stored
		private @Nullable Instant at;

		@Stored
		private @Nullable LocalDate day;

		@Stored
		private @Nullable Duration length;

		@Stored
		private @Nullable UUID id;

		@Stored
		private @Nullable Money price;

		@Stored
		private @Nullable BigDecimal exact;

		@Stored
		private @Nullable Pair<String, List<Money>> pair;

		@Stored
		private @Nullable Map<Kind, Set<Long>> map;

		@Stored
		private Optional<Money> maybe = Optional.empty();

		@Stored
		private @Nullable List<@Nullable String> holes;

		Chest(@Key Kind key) {
		}

		void fill(Contents with) {
			this.number = with.number;
			this.boxed = with.boxed;
			this.flag = with.flag;
			this.share = with.share;
			this.letter = with.letter;
			this.text = with.text;
			this.kind = with.kind;
			this.at = with.at;
			this.day = with.day;
			this.length = with.length;
			this.id = with.id;
			this.price = with.price;
			this.exact = with.exact;
			this.pair = with.pair;
			this.map = with.map;
			this.maybe = with.maybe;
			this.holes = with.holes;
			this.unit = with.unit;
			this.writes++;
		}

		void empty() {
			fill(Contents.none());
		}

		void nothing() {
		}

		@ReadOnly
		Contents contents() {
			return new Contents(this.number, this.boxed, this.flag, this.share, this.letter, this.text, this.kind,
					this.at, this.day, this.length, this.id, this.price, this.exact, null, this.pair, this.map,
					this.maybe, this.holes, this.unit);
		}

	}

	static class Box {

		@Stored
		@Nullable TimeUnit unit;

		@Stored
		int writes;

		@ReadOnly
		int writes() {
			return this.writes;
		}

	}

	@DeferredHandler
	@Durable(name = "person")
	static class First {

		@Stored
		private String name = "";

		@Stored
		private int age;

		First(@Key long id) {
		}

		void set(String name, int age) {
			this.name = name;
			this.age = age;
		}

		@ReadOnly
		String name() {
			return this.name + ((this.age < 0) ? "?" : "");
		}

	}

	@DeferredHandler
	@Durable(name = "person")
	static class Second {

		@Stored
		private String name = "";

		@Stored
		private String city = "nowhere";

		private String ready = "";

		Second(@Key long id) {
		}

		@PostConstruct
		void init() {
			this.ready = "ready " + this.name;
		}

		void move(String where) {
			this.city = where;
		}

		@ReadOnly
		String told() {
			return this.name + ", of " + this.city + ", " + this.ready;
		}

	}

	@DeferredHandler
	@Durable(name = "person", version = 2)
	static class Third {

		@Stored
		private String address = "";

		@Stored
		private int from;

		Third(@Key long id) {
		}

		@Upgrade
		private void upgrade(int version, Map<String, Object> stored) {
			Map<String, Object> copy = new LinkedHashMap<>(stored);
			if ("fails".equals(copy.get("name"))) {
				throw new IllegalStateException("old");
			}
			this.address = copy.get("name") + " from " + copy.get("city");
			this.from = version;
		}

		void nothing() {
		}

		@ReadOnly
		String told() {
			return this.address + ", read from version " + this.from;
		}

	}

}
