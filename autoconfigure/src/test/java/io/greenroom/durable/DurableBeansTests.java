package io.greenroom.durable;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.state.State;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What the start of an application says of its durable handlers, and its settings. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class DurableBeansTests {

	private static Throwable start(@Nullable DataSource dataSource, Class<?>... beans) {
		return catchThrowable(() -> new DurableContext(dataSource, new String[0], beans).close());
	}

	@Test
	@DisplayName("R09 a start with handlers that can't be durable is stopped, with every reason and its remedy")
	void rejectedClasses() {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			assertThat(start(pool, NoKey.class, StoredOnly.class, BadFields.class, BadUpgrade.class,
					KeyedStoredOnly.class))
				.isInstanceOf(InvalidHandlersException.class)
				.hasMessageContaining("has no key for its row; annotate a parameter")
				.hasMessageContaining("it has @Stored fields or an @Upgrade method, but is not @Durable")
				.hasMessageContaining("the @Stored field 'count' is final")
				.hasMessageContaining("the @Stored field 'all' is static")
				.hasMessageContaining("versions start at 1")
				.hasMessageContaining("the @Upgrade method 'up' is not of the form");
			assertThat(start(pool, Unreadable.class, Machine.class)).isInstanceOf(InvalidHandlersException.class)
				.hasMessageContaining("the parameter 'shape' of state 'resting' is a")
				.hasMessageContaining("the parameter 'all' of state 'resting' contains the type Object")
				.hasMessageContaining("the @Stored field 'shape' is a")
				.hasMessageContaining("the @Stored field 'shapes' is a")
				.hasMessageContaining("the @Stored field 'anything' contains the type Object")
				.hasMessageContaining("the @Stored field 'raw' contains the type Object");
			assertThat(start(pool, Counter.class, Namesake.class)).isInstanceOf(InvalidHandlersException.class)
				.hasMessageContaining("its name in the database is 'counter', like that of bean");
			assertThat(JdbcClient.create(pool).sql("show tables").query().listOfRows()).isEmpty();
		}
	}

	@Test
	@DisplayName("R09 without a database the start is stopped and says what is missing; greenroom.durable.enabled=false keeps instances in memory")
	void noDatabase(CapturedOutput output) {
		assertThat(catchThrowable(() -> DurableContext.without(new String[0], Counter.class)))
			.isInstanceOf(InvalidHandlersException.class)
			.hasMessageContaining("storing its rows requires a single or primary DataSource")
			.hasMessageContaining("greenroom.durable.enabled=false");
		try (DurableContext context = DurableContext.without(new String[] { "greenroom.durable.enabled=false" },
				Counter.class)) {
			Keyed<String, Counter> counters = context.keyed(String.class, Counter.class);
			assertThat(counters.get("a").count()).isEqualTo(1);
			Until.until("the instance to go", () -> counters.passivate("a"));
			assertThat(counters.get("a").count()).isEqualTo(1);
		}
		assertThat(output).contains("is @Durable, but greenroom.durable.enabled is false");
	}

	@Test
	@DisplayName("R09 an application without durable handlers gets no tables")
	void noHandlers() {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			DurableContext.of(pool).close();
			assertThat(JdbcClient.create(pool).sql("show tables").query().listOfRows()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("R09 greenroom.durable.schema: created twice does no harm, validated says what is missing, none does not ask")
	void schema(TestDatabase database) {
		try (HikariDataSource pool = database.fresh()) {
			String[] validate = { "greenroom.durable.schema=validate" };
			assertThat(catchThrowable(() -> new DurableContext(pool, validate, Counter.class)))
				.hasMessageContaining(
						"The table greenroom_row of the durable handlers is missing or does not have the columns")
				.hasMessageContaining("greenroom.durable.schema=create");
			new DurableContext(pool, new String[] { "greenroom.durable.schema=none" }, Counter.class).close();
			DurableContext.of(pool, Counter.class).close();
			DurableContext.of(pool, Counter.class).close();
			try (DurableContext context = new DurableContext(pool, validate, Counter.class)) {
				assertThat(context.keyed(String.class, Counter.class).get("a").count()).isEqualTo(1);
			}
			JdbcClient.create(pool).sql("alter table greenroom_row drop column stored").update();
			assertThat(catchThrowable(() -> DurableContext.of(pool, Counter.class)))
				.hasMessageContaining("is missing or does not have the columns");
		}
	}

	@Test
	@DisplayName("R07 the database is down at the start: the start says so, and with schema=none it waits for calls")
	void databaseIsDown() {
		DriverManagerDataSource down = new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/none");
		assertThat(catchThrowable(() -> DurableContext.of(down, Counter.class)))
			.isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("The database of the durable handlers can't be reached");
		try (DurableContext context = new DurableContext(down, new String[] { "greenroom.durable.schema=none" },
				Counter.class)) {
			Throwable failure = catchThrowable(() -> context.keyed(String.class, Counter.class).get("a").count());
			assertThat(failure).hasMessageContaining("Failed to obtain JDBC Connection");
		}
		assertThat(catchThrowable(
				() -> DurableContext.of(new DriverManagerDataSource("jdbc:nothing:here"), Counter.class)))
			.hasMessageContaining("can't be reached");
	}

	@Test
	@DisplayName("H2 without WRITE_DELAY=0 is warned of at the start, with it and in memory it is not")
	void writeDelay(CapturedOutput output) {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			DurableContext.of(pool, Counter.class).close();
			DurableContext.of(new DriverManagerDataSource("jdbc:h2:mem:delay;DB_CLOSE_DELAY=-1"), Counter.class)
				.close();
			assertThat(output).doesNotContain("WRITE_DELAY");
			pool.close();
			String url = pool.getJdbcUrl().replace(";WRITE_DELAY=0", "-late");
			try (HikariDataSource late = TestDatabase.pool(url, 1)) {
				DurableContext.of(late, Counter.class).close();
			}
		}
		assertThat(output).contains("add ;WRITE_DELAY=0 to spring.datasource.url");
	}

	@Test
	@DisplayName("rows of a handler that is not there, as when a class was renamed, are told of at the start and stay")
	void renamedClass(CapturedOutput output) {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			try (DurableContext context = DurableContext.of(pool, Counter.class)) {
				context.keyed(String.class, Counter.class).get("a").count();
			}
			assertThat(output).doesNotContain("There are rows of");
			DurableContext.of(pool, Renamed.class).close();
			assertThat(output).contains("There are rows of [counter], but no durable handlers with these names");
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("R05 a pool of one connection is enough, also one that does not commit by itself")
	void oneConnection(TestDatabase database) {
		for (boolean autoCommit : new boolean[] { true, false }) {
			try (HikariDataSource first = database.fresh();
					HikariDataSource pool = TestDatabase.pool(first.getJdbcUrl(), 1)) {
				first.close();
				pool.setAutoCommit(autoCommit);
				try (DurableContext context = DurableContext.of(pool, Counter.class)) {
					Keyed<String, Counter> counters = context.keyed(String.class, Counter.class);
					assertThat(counters.get("a").count()).isEqualTo(1);
					assertThat(counters.get("a").countInTransaction()).isEqualTo(2);
					assertThat(counters.get("b").countInTransaction()).isEqualTo(1);
					Until.until("the instance to go", () -> counters.passivate("a"));
					assertThat(counters.get("a").count()).isEqualTo(3);
				}
				assertThat(JdbcClient.create(pool)
					.sql("select sum(version) from greenroom_row")
					.query(Long.class)
					.single()).isEqualTo(4);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("R05 R01 a pool of one connection is enough for machines and their timers")
	void oneConnectionForMachines(TestDatabase database) {
		try (HikariDataSource first = database.fresh();
				HikariDataSource pool = TestDatabase.pool(first.getJdbcUrl(), 1)) {
			JdbcClient.create(first).sql("create table ledger (account varchar(200), why varchar(200))").update();
			first.close();
			try (DurableContext context = new DurableContext(pool, new String[] { "greenroom.durable.sweep=50ms" },
					Parcel.class, Parcel.Watch.class)) {
				JdbcClient jdbc = context.bean(JdbcClient.class);
				Keyed<String, Parcel> parcels = context.keyed(String.class, Parcel.class);
				parcels.get("a").posted(1);
				parcels.get("a").packed("send");
				parcels.get("b").packed("well");
				Until.until("a to be sent, b to rest",
						() -> status(jdbc, "a").equals("sent DONE") && status(jdbc, "b").equals("packed RESTING"));
				Until.until("b to go", () -> parcels.passivate("b"));
				jdbc.sql("update greenroom_row set deadline_at = 1, version = version + 1 where key_ = 'b'").update();
				Until.until("b to be sent", () -> status(jdbc, "b").equals("sent DONE"));
				assertThat(status(jdbc, "a")).isEqualTo("sent DONE");
			}
		}
	}

	private static String status(JdbcClient jdbc, String key) {
		return jdbc.sql("select concat(state, ' ', status) from greenroom_row where key_ = ?")
			.param(key)
			.query(String.class)
			.optional()
			.orElse("none");
	}

	@Test
	@DisplayName("R06 greenroom.durable.lock-timeout bounds how long a write waits for another transaction")
	void lockTimeout() {
		try (HikariDataSource pool = TestDatabase.POSTGRESQL.fresh();
				DurableContext context = new DurableContext(pool, new String[] { "greenroom.durable.lock-timeout=1s" },
						Counter.class)) {
			Keyed<String, Counter> counters = context.keyed(String.class, Counter.class);
			counters.get("a").count();
			new TransactionTemplate(context.bean(JdbcTransactionManager.class)).executeWithoutResult((status) -> {
				context.bean(JdbcClient.class).sql("update greenroom_row set version = version + 1").update();
				Thread caller = Thread.ofVirtual().start(() -> {
					long start = System.nanoTime();
					Throwable failure = catchThrowable(() -> counters.get("a").count());
					assertThat(failure).isInstanceOf(org.springframework.dao.DataAccessException.class);
					assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
				});
				try {
					assertThat(caller.join(java.time.Duration.ofSeconds(4))).isTrue();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			});
			assertThat(counters.get("a").count()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "greenroom.durable.lock-timeout=0s", "greenroom.durable.lock-timeout=-1s" })
	@DisplayName("A04 settings that can't be used stop the start")
	void wrongSettings(String setting) {
		assertThat(catchThrowable(() -> new DurableContext(new DriverManagerDataSource("jdbc:h2:mem:wrong"),
				new String[] { setting }, Counter.class)))
			.hasRootCauseMessage(setting.replace("=", " is ") + "; allowed: a duration of 1s or more");
	}

	@Test
	@DisplayName("R05 a body in a transaction of something else can't be fenced by it, which is an error and stores nothing")
	void foreignTransaction() {
		try (HikariDataSource pool = TestDatabase.H2.fresh();
				DurableContext context = DurableContext.of(pool, Counter.class, Elsewhere.class)) {
			Keyed<String, Counter> counters = context.keyed(String.class, Counter.class);
			assertThatIllegalStateException().isThrownBy(() -> counters.get("a").countElsewhere())
				.withMessageContaining(
						"counter[a].countElsewhere ran in a transaction that does not belong to the database");
			assertThat(counters.get("a").nothingElsewhere()).as("nothing to store, nothing to fence").isZero();
			assertThat(counters.get("a").count()).isEqualTo(1);
		}
	}

	/** The transactions of another database. */
	static class Elsewhere extends org.springframework.transaction.support.AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, org.springframework.transaction.TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(org.springframework.transaction.support.DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(org.springframework.transaction.support.DefaultTransactionStatus status) {
		}

	}

	@DeferredHandler
	@Durable
	static class NoKey {

		@Stored
		private int count;

	}

	@DeferredHandler
	static class StoredOnly {

		@Stored
		private int count;

	}

	@DeferredHandler
	static class KeyedStoredOnly {

		KeyedStoredOnly(@Key String id) {
		}

		@Upgrade
		void up(int version, java.util.Map<String, Object> stored) {
		}

	}

	@DeferredHandler
	@Durable(version = 0)
	static class BadFields {

		@Stored
		private final int count = 1;

		@Stored
		private static int all;

		BadFields(@Key String id) {
		}

	}

	@DeferredHandler
	@Durable
	static class BadUpgrade {

		BadUpgrade(@Key String id) {
		}

		@Upgrade
		void up(int version) {
		}

	}

	@DeferredHandler
	@Durable
	static class Machine {

		Machine(@Key String id) {
		}

		@State(initial = true, transitionsTo = "failed", onError = "failed")
		void resting(Shape shape, List<?> all) {
		}

		@State
		void failed(Throwable why) {
		}

	}

	interface Shape {

	}

	@DeferredHandler
	@Durable
	static class Unreadable {

		@Stored
		private @Nullable Shape shape;

		@Stored
		private @Nullable List<Shape> shapes;

		@Stored
		private @Nullable Object anything;

		@Stored
		@SuppressWarnings("rawtypes")
		private @Nullable List raw;

		@Stored
		private @Nullable ReentrantLock lock;

		Unreadable(@Key String id) {
		}

	}

	@DeferredHandler
	@Durable(name = "counter")
	static class Counter {

		@Stored
		private int count;

		Counter(@Key String id) {
		}

		int count() {
			return ++this.count;
		}

		@Transactional("elsewhere")
		int countElsewhere() {
			return ++this.count;
		}

		@Transactional("elsewhere")
		int nothingElsewhere() {
			return this.count;
		}

		@Transactional("transactionManager")
		int countInTransaction() {
			return ++this.count;
		}

	}

	@DeferredHandler
	@Durable(name = "counter")
	static class Namesake {

		Namesake(@Key String id) {
		}

	}

	@DeferredHandler
	@Durable
	static class Renamed {

		Renamed(@Key String id) {
		}

	}

}
