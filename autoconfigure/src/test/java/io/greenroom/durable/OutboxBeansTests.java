package io.greenroom.durable;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.durable.internal.Lane;
import io.greenroom.durable.internal.OutboxStore;
import io.greenroom.durable.internal.StoredCall;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.spring.internal.OutboxHandlers;
import io.greenroom.spring.internal.StoredHandlersLifecycle;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Starts, ends and settings of applications with stored calls. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class OutboxBeansTests {

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private static final String SWEEP = "greenroom.durable.sweep=100ms";

	private final String what = "b" + NUMBERS.incrementAndGet();

	private static HikariDataSource database(TestDatabase kind) {
		HikariDataSource pool = kind.fresh();
		JdbcClient.create(pool)
			.sql("create table effect (what varchar(60), number int, delivery varchar(60))")
			.update();
		return pool;
	}

	private static long count(JdbcClient jdbc, String from) {
		return jdbc.sql("select count(*) from " + from).query(Long.class).single();
	}

	@Test
	@DisplayName("O12 a start with durable methods that can't be is stopped, with every reason and its remedy; without any there is no table")
	void rejected() {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			assertThat(catchThrowable(() -> DurableContext.of(pool, Answering.class, Twice.class, Many.class).close()))
				.isInstanceOf(InvalidHandlersException.class)
				.hasMessageContaining("ask() is @Oneway but returns int")
				.hasMessageContaining("two methods named 'send' are @Oneway(durable = true)")
				.hasMessageContaining("in the scope 'prototype'")
				.hasMessageContaining("make it a singleton, or give it a @Key");
			assertThat(catchThrowable(() -> DurableContext.of(pool, Unreadable.class).close()))
				.isInstanceOf(InvalidHandlersException.class)
				.hasMessageContaining("the parameter 'what' of the durable method 'send' contains the type Object")
				.hasMessageContaining("the parameter 'thread' of the durable method 'give' is a");
			DurableContext.of(pool, Plain.class).close();
			assertThat(JdbcClient.create(pool).sql("show tables").query().listOfRows()).isEmpty();
		}
	}

	@Test
	@DisplayName("O12 without a database the start is stopped and says what is missing; greenroom.durable.enabled=false keeps calls in memory")
	void noDatabase(CapturedOutput output) throws Exception {
		assertThat(catchThrowable(() -> DurableContext.without(new String[0], Simple.class)))
			.isInstanceOf(InvalidHandlersException.class)
			.hasMessageContaining("storing their calls requires a single or primary DataSource")
			.hasMessageContaining("greenroom.durable.enabled=false");
		try (DurableContext context = DurableContext.without(new String[] { "greenroom.durable.enabled=false" },
				Simple.class)) {
			context.bean(Simple.class).send(this.what);
			Until.until("it to arrive", () -> Post.seen(this.what).size() == 1);
			assertThat(output).contains("their calls are in memory only");
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("O01 a pool of one connection is enough to store calls and to deliver them")
	void oneConnection(TestDatabase kind) {
		try (HikariDataSource first = database(kind);
				HikariDataSource pool = TestDatabase.pool(first.getJdbcUrl(), 1)) {
			first.close();
			try (DurableContext context = new DurableContext(pool, new String[] { SWEEP }, Post.Mails.class)) {
				JdbcClient jdbc = context.bean(JdbcClient.class);
				Post.Mails mails = context.bean(Post.Mails.class);
				assertThat(catchThrowable(() -> {
					mails.plain(this.what, 1);
					mails.booked(this.what, 2);
				})).isNull();
				new TransactionTemplate(context.bean(JdbcTransactionManager.class)).executeWithoutResult(
						(status) -> assertThat(catchThrowable(() -> mails.booked(this.what, 3))).isNull());
				Until.until("all to be delivered", () -> count(jdbc, "greenroom_outbox") == 0);
				assertThat(Post.seen(this.what)).containsExactly("1#1", "2#1", "3#1");
				assertThat(count(jdbc, "effect")).isEqualTo(2);
			}
		}
	}

	@Test
	@DisplayName("O01 where the database takes two keys for equal, no call is delivered to the wrong one, and the log says what to change")
	void equalKeys(CapturedOutput output) {
		try (HikariDataSource pool = TestDatabase.pool("jdbc:h2:mem:equal;IGNORECASE=TRUE;DB_CLOSE_DELAY=-1", 5);
				DurableContext context = DurableContext.of(pool, Boxes.class)) {
			Keyed<String, Boxes> boxes = context.keyed(String.class, Boxes.class);
			// Together, so that neither is delivered before the other is there.
			new TransactionTemplate(context.bean(JdbcTransactionManager.class)).executeWithoutResult((status) -> {
				boxes.get("ann").put("ann");
				boxes.get("Ann").put("Ann");
			});
			Until.until("the log", () -> output.toString().contains("a collation that tells all texts apart"));
			assertThat(Boxes.wrong).isEmpty();
			assertThat(count(JdbcClient.create(pool), "greenroom_outbox") + Boxes.right.size()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@CsvSource({ "attempts,0", "backoff,0s", "lease,100ms", "on-dead,explode" })
	@DisplayName("A04 a wrong setting of the outbox stops the start with its key")
	void wrongSettings(String key, String value) {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			Throwable failure = catchThrowable(
					() -> new DurableContext(pool, new String[] { "greenroom.outbox." + key + "=" + value }).close());
			assertThat(failure).isNotNull();
			StringBuilder all = new StringBuilder();
			for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
				all.append(cause.getMessage()).append('\n');
			}
			assertThat(all.toString()).contains("greenroom.outbox." + key).contains(value);
		}
	}

	@Test
	@DisplayName("O12 schema=validate and none make no table; validate says which is missing, and the script makes them")
	void schema() {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			assertThat(catchThrowable(
					() -> new DurableContext(pool, new String[] { "greenroom.durable.schema=validate" }, Simple.class)
						.close()))
				.hasStackTraceContaining(
						"The table greenroom_outbox of the durable oneway calls is missing or does not have the columns")
				.hasStackTraceContaining("io/greenroom/jdbc/outbox-h2.sql");
			new DurableContext(pool, new String[] { "greenroom.durable.schema=none", "greenroom.durable.sweep=1h" },
					Simple.class)
				.close();
			assertThat(JdbcClient.create(pool).sql("show tables").query().listOfRows()).isEmpty();
			DurableContext.of(pool, Simple.class).close();
			new DurableContext(pool, new String[] { "greenroom.durable.schema=validate" }, Simple.class).close();
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("O04 halt: the lane waits for its dead letter, also over a restart; O05 replayed it is first again, discarded the lane goes on")
	void halt(TestDatabase kind) throws Exception {
		String[] properties = { "greenroom.outbox.on-dead=halt", "greenroom.outbox.attempts=2",
				"greenroom.outbox.backoff=10ms", SWEEP };
		AtomicBoolean poison = new AtomicBoolean(true);
		Post.ACTS.put(this.what, (number) -> {
			if (number < 3 && poison.get()) {
				throw new IllegalStateException("poison");
			}
		});
		List<String> seen = Post.seen(this.what);
		try (HikariDataSource pool = database(kind)) {
			try (DurableContext context = new DurableContext(pool, properties, Post.Parcels.class)) {
				Keyed<String, Post.Parcels> parcels = context.keyed(String.class, Post.Parcels.class);
				for (int i = 1; i <= 3; i++) {
					parcels.get(this.what).plain(i);
				}
				parcels.get(this.what + "other").plain(9);
				Until.until("the first to die", () -> context.bean(DeadLetters.class).list("parcels", 9).size() == 1);
				assertThat(context.bean(DeadLetters.class).list(9).getFirst().halts()).isTrue();
				Until.until("another lane to go on", () -> Post.seen(this.what + "other").size() == 1);
			}
			assertThat(seen).containsExactly("1#1", "1#2");
			try (DurableContext context = new DurableContext(pool, properties, Post.Parcels.class)) {
				DeadLetters letters = context.bean(DeadLetters.class);
				assertThat(seen).hasSize(2);
				assertThat(letters.replay(letters.list(9).getFirst().id())).isTrue();
				Until.until("it to die again", () -> letters.list(9).size() == 1);
				assertThat(seen).containsExactly("1#1", "1#2", "1#1", "1#2");
				assertThat(letters.discard(letters.list(9).getFirst().id())).isTrue();
				Until.until("the next to die", () -> letters.list(9).size() == 1);
				poison.set(false);
				assertThat(letters.replay(letters.list(9).getFirst().id())).isTrue();
				Until.until("all to be delivered", () -> seen.contains("3#1"));
				assertThat(seen).containsExactly("1#1", "1#2", "1#1", "1#2", "2#1", "2#2", "2#1", "3#1");
			}
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("O11 shutdown amid deliveries: running ones end, the rest stay in the table, all lanes are given back; O02 the next start delivers them")
	void shutdown(TestDatabase kind) throws Exception {
		try (HikariDataSource pool = database(kind)) {
			JdbcClient jdbc = JdbcClient.create(pool);
			CountDownLatch held = new CountDownLatch(1);
			AtomicInteger blocking = new AtomicInteger();
			for (int lane = 0; lane < 3; lane++) {
				Post.ACTS.put(this.what + lane, (number) -> {
					blocking.incrementAndGet();
					held.await();
				});
			}
			DurableContext first = new DurableContext(pool, new String[] { SWEEP }, Post.Parcels.class);
			Keyed<String, Post.Parcels> parcels = first.keyed(String.class, Post.Parcels.class);
			for (int number = 0; number < 5; number++) {
				for (int lane = 0; lane < 3; lane++) {
					parcels.get(this.what + lane).booked(number);
				}
			}
			Until.until("three to run", () -> blocking.get() == 3);
			Thread closing = Thread.ofPlatform().start(first::close);
			Until.until("the outbox to stop", () -> !first.bean(StoredHandlersLifecycle.class).isRunning());
			held.countDown();
			assertThat(closing.join(Duration.ofSeconds(30))).isTrue();
			assertThat(count(jdbc, "effect")).isEqualTo(3);
			assertThat(count(jdbc, "greenroom_outbox")).isEqualTo(12);
			assertThat(count(jdbc, "greenroom_lane where owner is not null")).isZero();
			assertThat(blocking.get()).isEqualTo(3);
			try (DurableContext second = new DurableContext(pool, new String[] { SWEEP }, Post.Parcels.class)) {
				assertThat(second.bean(StoredHandlersLifecycle.class).isRunning()).isTrue();
				Until.until("all to be delivered", () -> count(jdbc, "greenroom_outbox") == 0);
				assertThat(Post.seen(this.what + "0")).containsExactly("0#1", "1#1", "2#1", "3#1", "4#1");
			}
		}
	}

	@Test
	@DisplayName("O03 the database is away: the caller gets the error, nothing is half done, and calls that wait are delivered when it is back")
	void databaseAway() throws Exception {
		try (HikariDataSource pool = database(TestDatabase.H2)) {
			Away away = new Away(pool);
			try (DurableContext context = new DurableContext(away,
					new String[] { SWEEP, "greenroom.outbox.backoff=50ms" }, Simple.class)) {
				Simple simple = context.bean(Simple.class);
				away.away.set(true);
				assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> simple.send(this.what));
				away.away.set(false);
				assertThat(count(JdbcClient.create(pool), "greenroom_outbox")).isZero();
				simple.send(this.what);
				Until.until("it to arrive", () -> Post.seen(this.what).size() == 1);
				Post.ACTS.put(this.what + "x", (number) -> away.away.set(true));
				simple.send(this.what + "x");
				Until.until("the end of a body to fail", () -> away.asked.get() > 2);
				Post.ACTS.remove(this.what + "x");
				away.away.set(false);
				Until.until("it to be gone", () -> count(JdbcClient.create(pool), "greenroom_outbox") == 0);
				assertThat(Post.seen(this.what + "x")).hasSizeGreaterThanOrEqualTo(1);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("O04 O01 an attempt that a crash has cut off counts: the next one knows, and after the last the call is dead and its lane goes on")
	void afterACrash(TestDatabase kind) throws Exception {
		try (HikariDataSource pool = database(kind)) {
			DurableContext.of(pool, Post.Parcels.class).close();
			JdbcClient jdbc = JdbcClient.create(pool);
			for (int number = 1; number <= 2; number++) {
				jdbc.sql(
						"insert into greenroom_outbox (handler, key_, method, args, call_id, submitted_at) values ('parcels', ?, 'booked', ?, ?, 0)")
					.params(this.what, "{\"0\":" + number + "}", "id" + number)
					.update();
			}
			jdbc.sql("insert into greenroom_lane values ('parcels', ?, 'dead node', 0, 0, 0)")
				.param(this.what)
				.update();
			try (DurableContext context = new DurableContext(pool,
					new String[] { SWEEP, "greenroom.outbox.attempts=2" }, Post.Parcels.class)) {
				Until.until("both to be delivered", () -> count(jdbc, "effect") == 2);
				assertThat(Post.seen(this.what)).containsExactly("1#2", "2#1");
				long id = 700;
				jdbc.sql(
						"insert into greenroom_lane select 'parcels', ?, 'dead node', 0, ?, 1 where not exists (select 1 from greenroom_lane where key_ = ?)")
					.params(this.what + "x", id, this.what + "x")
					.update();
				jdbc.sql(
						"insert into greenroom_outbox (id, handler, key_, method, args, call_id, submitted_at) values (?, 'parcels', ?, 'booked', '{\"0\":3}', 'id3', 0)")
					.params(id, this.what + "x")
					.update();
				DeadLetters letters = context.bean(DeadLetters.class);
				Until.until("it to be dead or delivered",
						() -> letters.counts().getOrDefault("parcels", 0L) + count(jdbc, "effect") == 3);
			}
		}
	}

	@Test
	@DisplayName("O10 a trace is in the call and goes on in the body")
	void trace() throws Exception {
		Traces.RECEIVED.clear();
		try (HikariDataSource pool = TestDatabase.H2.fresh();
				DurableContext context = new DurableContext(pool, new String[] { SWEEP }, Traces.class, Simple.class)) {
			context.bean(Simple.class).send(this.what);
			Until.until("it to arrive", () -> Post.seen(this.what).size() == 1);
			assertThat(Traces.RECEIVED).containsExactly("t-1");
		}
	}

	@Test
	@DisplayName("O05 M05 meters tell what waits, how old it is, what is dead and what came of attempts, by handler and never by key")
	void meters() throws Exception {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		Meters.OBSERVER.set(new MeterObserver(registry));
		try (HikariDataSource pool = TestDatabase.H2.fresh();
				DurableContext context = new DurableContext(pool, new String[] { SWEEP, "greenroom.outbox.attempts=1" },
						Meters.class, Simple.class)) {
			Post.ACTS.put(this.what, (number) -> {
				throw new IllegalStateException("poison");
			});
			context.bean(Simple.class).send(this.what);
			context.bean(Simple.class).send(this.what + "fine");
			Until.until("both attempts to be told",
					() -> registry.find("greenroom.outbox.attempts").timers().size() == 2);
			assertThat(registry.get("greenroom.outbox.attempts").tag("outcome", "success").timer().count())
				.isEqualTo(1);
			assertThat(registry.get("greenroom.outbox.attempts")
				.tags("handler", "simple", "method", "send", "outcome", "dead")
				.timer()
				.count()).isEqualTo(1);
			Until.until("the letter to be counted", () -> registry.get("greenroom.outbox.dead").gauge().value() == 1);
			assertThat(registry.get("greenroom.outbox.waiting").gauge().value()).isZero();
			assertThat(registry.get("greenroom.outbox.oldest").timeGauge().value()).isZero();
			assertThat(context.bean(OutboxHandlers.class).backlog()).containsOnlyKeys("simple");
		}
	}

	@Test
	@DisplayName("O12 stored calls for a handler that is not there are told of at the start")
	void unknownHandler(CapturedOutput output) {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			DurableContext.of(pool, Simple.class).close();
			JdbcClient.create(pool)
				.sql("insert into greenroom_outbox (handler, key_, method, args, call_id, submitted_at) values ('former', '', 'send', '{}', 'x', 0)")
				.update();
			DurableContext.of(pool, Simple.class).close();
			assertThat(output).contains("There are stored calls for [former]");
		}
	}

	@Test
	@DisplayName("O03 an argument whose value can't be written as JSON is the caller's error, and nothing is stored")
	void unwritable() {
		try (HikariDataSource pool = TestDatabase.H2.fresh();
				DurableContext context = DurableContext.of(pool, Ring.class)) {
			Ring.Link link = new Ring.Link();
			link.next = link;
			assertThatIllegalArgumentException().isThrownBy(() -> context.bean(Ring.class).send(link))
				.withMessageContaining("ring.send was not stored, because an argument can't be");
			assertThat(count(JdbcClient.create(pool), "greenroom_outbox")).isZero();
		}
	}

	@Test
	@DisplayName("O03 greenroom.durable.lock-timeout bounds how long the outbox waits for another transaction, which has the row")
	void lockTimeout() throws Exception {
		try (HikariDataSource pool = database(TestDatabase.POSTGRESQL);
				DurableContext context = new DurableContext(pool,
						new String[] { "greenroom.durable.lock-timeout=1s", "greenroom.durable.sweep=1h" },
						Simple.class);
				Connection other = pool.getConnection()) {
			OutboxStore store = context.bean(OutboxStore.class);
			Lane lane = new Lane("elsewhere", "");
			store.add(lane, "id1", "send", "{}", null);
			StoredCall call = store.first(lane, 1).getFirst();
			other.setAutoCommit(false);
			try (Statement statement = other.createStatement()) {
				statement.execute("select * from greenroom_outbox for update");
			}
			assertThat(catchThrowable(() -> store.remove(lane, call.place()))).isInstanceOf(DataAccessException.class);
			assertThat(catchThrowable(() -> store.bury(lane, "me", call, 1, "dead", false)))
				.isInstanceOf(DataAccessException.class);
			other.rollback();
			assertThat(store.bury(lane, "me", call, 1, "dead", false)).isTrue();
			assertThat(store.first(lane, 1)).isEmpty();
			assertThat(store.dead("id1")).isNotNull();
		}
	}

	/** Sends. */
	@DeferredHandler
	static class Simple {

		@Oneway(durable = true)
		void send(String what) throws Exception {
			Post.seen(what).add(String.valueOf(MDC.get("who")));
			Post.Act act = Post.ACTS.get(what);
			if (act != null) {
				act.on(0);
			}
		}

	}

	@DeferredHandler
	static class Ring {

		@Oneway(durable = true)
		void send(Link link) {
		}

		static class Link {

			public Link next;

		}

	}

	@DeferredHandler
	static class Plain {

		@Oneway
		void send(Object what) {
		}

	}

	@DeferredHandler
	static class Answering {

		@Oneway(durable = true)
		int ask() {
			return 1;
		}

	}

	@DeferredHandler
	static class Twice {

		@Oneway(durable = true)
		void send(int number) {
		}

		@Oneway(durable = true)
		void send(String text) {
		}

	}

	@DeferredHandler
	@Scope("prototype")
	static class Many {

		@Oneway(durable = true)
		void send(int number) {
		}

	}

	@DeferredHandler
	static class Unreadable {

		private final String id;

		Unreadable(@Key String id) {
			this.id = id;
		}

		@Oneway(durable = true)
		void send(Object what) {
			Post.seen(this.id);
		}

		@Oneway(durable = true)
		void give(Runnable thread) {
		}

	}

	/** A database that can be away. */
	private static final class Away extends DelegatingDataSource {

		private final AtomicBoolean away = new AtomicBoolean();

		private final AtomicInteger asked = new AtomicInteger();

		Away(HikariDataSource pool) {
			super(pool);
		}

		@Override
		public Connection getConnection() throws SQLException {
			if (this.away.get()) {
				this.asked.incrementAndGet();
				throw new SQLException("away");
			}
			return super.getConnection();
		}

	}

	/** Traces as a tracer makes them. */
	@Configuration(proxyBeanMethods = false)
	static class Traces {

		static final List<String> RECEIVED = new CopyOnWriteArrayList<>();

		@Bean
		ObservationRegistry observationRegistry() {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(new Sending()).observationHandler(new Receiving());
			return registry;
		}

		static final class Sending implements ObservationHandler<SenderContext<Object>> {

			@Override
			public void onStart(SenderContext<Object> context) {
				context.getSetter().set(context.getCarrier(), "traceparent", "t-1");
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return context instanceof SenderContext<?>;
			}

		}

		static final class Receiving implements ObservationHandler<ReceiverContext<Object>> {

			@Override
			public void onStart(ReceiverContext<Object> context) {
				RECEIVED.add(context.getGetter().get(context.getCarrier(), "traceparent"));
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return context instanceof ReceiverContext<?>;
			}

		}

	}

	/** An observer with a registry. */
	@Configuration(proxyBeanMethods = false)
	static class Meters {

		static final java.util.concurrent.atomic.AtomicReference<MeterObserver> OBSERVER = new java.util.concurrent.atomic.AtomicReference<>();

		@Bean
		MeterObserver observer() {
			return OBSERVER.get();
		}

	}

	@DeferredHandler
	static class Boxes {

		static final List<String> right = new CopyOnWriteArrayList<>();

		static final List<String> wrong = new CopyOnWriteArrayList<>();

		private final String id;

		Boxes(@Key String id) {
			this.id = id;
		}

		@Oneway(durable = true)
		void put(String meant) {
			(meant.equals(this.id) ? right : wrong).add(meant);
		}

	}

}
