package io.greenroom.durable;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.durable.internal.Row;
import io.greenroom.durable.internal.RowId;
import io.greenroom.keyed.Keyed;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** The fence, on real databases. */
@ParameterizedClass
@MethodSource("io.greenroom.testkit.TestDatabase#all")
@Timeout(60)
class DurableTests {

	/** One application for all tests of a database; each test has a key of its own. */
	private static final Map<TestDatabase, Application> APPLICATIONS = new EnumMap<>(TestDatabase.class);

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private final HikariDataSource pool;

	private final Faulty dataSource;

	private final JdbcClient jdbc;

	private final Keyed<String, Account> accounts;

	private final String ann = this.ann + NUMBERS.incrementAndGet();

	DurableTests(TestDatabase database) {
		Application application = APPLICATIONS.computeIfAbsent(database, Application::start);
		this.pool = application.pool;
		this.dataSource = application.faulty;
		this.jdbc = JdbcClient.create(this.pool);
		this.accounts = application.context.keyed(String.class, Account.class);
	}

	@AfterAll
	static void end() {
		APPLICATIONS.values().forEach((application) -> {
			application.context.close();
			application.pool.close();
		});
		APPLICATIONS.clear();
	}

	private Row row(String key) {
		return this.jdbc.sql("select version, shape, stored from greenroom_row where handler = 'account' and key_ = ?")
			.param(key)
			.query((result, index) -> new Row(new RowId("account", key), result.getLong(1), result.getInt(2),
					result.getString(3)))
			.optional()
			.orElse(null);
	}

	private List<String> ledger() {
		return this.jdbc.sql("select why from ledger where account = ?").param(this.ann).query(String.class).list();
	}

	/** As after a restart. */
	private void passivate(String key) {
		Until.until("the instance to go", () -> this.accounts.passivate(key));
	}

	@Test
	@DisplayName("R05 a call is stored before its caller has the answer, and read by the next instance, here and elsewhere")
	void stored() {
		assertThat(this.accounts.get(this.ann).deposit(500)).isEqualTo(500);
		assertThat(row(this.ann))
			.isEqualTo(new Row(new RowId("account", this.ann), 1, 1, "{\"cents\":500,\"notes\":[]}"));
		passivate(this.ann);
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(500);
		try (DurableContext other = DurableContext.of(this.pool, Account.class)) {
			assertThat(other.keyed(String.class, Account.class).get(this.ann).deposit(1)).isEqualTo(501);
		}
		assertThat(row(this.ann).version()).isEqualTo(2);
	}

	@Test
	@DisplayName("R05 calls that nobody waits for are stored too, and passivation writes nothing more")
	void onewayAndAsync() {
		this.accounts.get(this.ann).depositLater(1);
		assertThat(this.accounts.deferred(this.ann).async((account) -> account.deposit(2)).join()).isEqualTo(3);
		assertThat(row(this.ann).version()).isEqualTo(2);
		passivate(this.ann);
		assertThat(row(this.ann).version()).isEqualTo(2);
		assertThat(row(this.ann).stored()).contains("\"cents\":3");
	}

	@Test
	@DisplayName("R05 a @ReadOnly method writes nothing, nor does a body that changes nothing; a transaction is fenced all the same")
	void nothingToWrite() {
		assertThat(this.accounts.get(this.ann).balance()).isZero();
		assertThat(this.accounts.get(this.ann).deposit(0)).isZero();
		assertThat(row(this.ann)).isNull();
		this.accounts.get(this.ann).touch();
		assertThat(row(this.ann).version()).isEqualTo(1);
		this.accounts.get(this.ann).touch();
		assertThat(row(this.ann).version()).isEqualTo(2);
		assertThat(ledger()).hasSize(2);
	}

	@Test
	@DisplayName("R05 what a @ReadOnly method changes is not stored, and gone at the next call that could store it")
	void readOnlyThatCheats() {
		this.accounts.get(this.ann).deposit(10);
		assertThat(this.accounts.get(this.ann).cheat()).isEqualTo(11);
		assertThat(this.accounts.get(this.ann).deposit(5)).isEqualTo(15);
		assertThat(row(this.ann).stored()).contains("15");
	}

	@Test
	@DisplayName("R05 a change in a read-only transaction is an error, and stored nowhere")
	void readOnlyTransaction() {
		assertThat(this.accounts.get(this.ann).readOnlyTransaction(0)).isZero();
		assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).readOnlyTransaction(5))
			.withMessageContaining("account[" + this.ann
					+ "].readOnlyTransaction has changed a stored field in a read-only transaction");
		assertThat(this.accounts.get(this.ann).balance()).isZero();
		assertThat(row(this.ann)).isNull();
	}

	@Test
	@DisplayName("R05 the row and the body's own statements commit together, or not at all")
	void transactions() {
		this.accounts.get(this.ann).deposit(100);
		this.accounts.get(this.ann).withdraw(40, "rent");
		assertThat(row(this.ann))
			.isEqualTo(new Row(new RowId("account", this.ann), 2, 1, "{\"cents\":60,\"notes\":[\"rent\"]}"));
		assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).withdraw(100, "car"))
			.withMessage("overdrawn");
		this.accounts.get(this.ann).giveUp(1, "nothing");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(60);
		assertThat(this.accounts.get(this.ann).notes()).containsExactly("rent");
		assertThat(this.accounts.get(this.ann).calls()).as("the instance is the same").isEqualTo(1);
		assertThat(row(this.ann).version()).isEqualTo(2);
		assertThat(ledger()).containsExactly("rent");
		this.accounts.get(this.ann).withdraw(10, "tea");
		assertThat(row(this.ann).stored()).isEqualTo("{\"cents\":50,\"notes\":[\"rent\",\"tea\"]}");
		assertThat(row(this.ann).version()).isEqualTo(3);
	}

	@Test
	@DisplayName("R05 a first call that rolls back leaves no row, and the next one makes it")
	void firstCallRollsBack() {
		assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).withdraw(100, "car"));
		this.accounts.get(this.ann).giveUp(1, "nothing");
		assertThat(row(this.ann)).isNull();
		assertThat(this.accounts.get(this.ann).deposit(7)).isEqualTo(7);
		assertThat(row(this.ann).version()).isEqualTo(1);
	}

	@Test
	@DisplayName("R05 a body that throws what its transaction commits for has its fields as before, and its statements fenced")
	void committedThough() {
		this.accounts.get(this.ann).deposit(100);
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> this.accounts.get(this.ann).withdrawChecked(30, "paper"));
		assertThat(ledger()).containsExactly("paper");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(100);
		assertThat(row(this.ann).version()).isEqualTo(2);
		writeByHand(this.ann, 2000);
		assertThatExceptionOfType(StaleInstanceException.class)
			.isThrownBy(() -> this.accounts.get(this.ann).withdrawChecked(30, "ink"));
		assertThat(ledger()).containsExactly("paper");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(2000);
	}

	@Test
	@DisplayName("R05 a commit that fails leaves the row as it was, or as it is: the next call reads it")
	void failingCommit() {
		this.accounts.get(this.ann).deposit(100);
		this.dataSource.atCommit = Faulty.Point.BEFORE;
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.accounts.get(this.ann).withdraw(40, "rent"));
		assertThat(this.dataSource.atCommit).isNull();
		assertThat(row(this.ann).version()).isEqualTo(1);
		assertThat(ledger()).isEmpty();
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(100);
		this.accounts.get(this.ann).withdraw(40, "rent");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(60);
	}

	@Test
	@DisplayName("R07 the connection is cut during a commit that was done: the caller has the error, the next call what is stored")
	void unknownOutcome() {
		this.accounts.get(this.ann).deposit(100);
		this.dataSource.atCommit = Faulty.Point.AFTER;
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.accounts.get(this.ann).withdraw(40, "rent"));
		assertThat(this.dataSource.atCommit).isNull();
		assertThat(row(this.ann).version()).isEqualTo(2);
		assertThat(ledger()).containsExactly("rent");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(60);
		this.accounts.get(this.ann).withdraw(10, "tea");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(50);
	}

	@Test
	@DisplayName("R07 the connection is cut in a write that commits itself: the next call starts from the row, whichever it is")
	void unknownOutcomeOfOwnWrite() {
		this.accounts.get(this.ann).deposit(100);
		this.dataSource.atWrite = Faulty.Point.BEFORE;
		assertThat(catchThrowable(() -> this.accounts.get(this.ann).deposit(1))).hasRootCauseMessage("cut");
		assertThat(this.accounts.get(this.ann).deposit(2)).isEqualTo(102);
		this.dataSource.atWrite = Faulty.Point.AFTER;
		assertThat(catchThrowable(() -> this.accounts.get(this.ann).deposit(1))).hasRootCauseMessage("cut");
		assertThat(this.accounts.get(this.ann).deposit(2)).isEqualTo(105);
		assertThat(this.accounts.get(this.ann).calls()).as("of the new instance").isEqualTo(1);
	}

	@Test
	@DisplayName("R07 the database can't be reached: callers have the error, and the key works when it is back")
	void databaseIsDown() {
		this.accounts.get(this.ann).deposit(100);
		this.dataSource.down = true;
		assertThat(catchThrowable(() -> this.accounts.get(this.ann).deposit(1))).hasRootCauseMessage("down");
		assertThat(catchThrowable(() -> this.accounts.get(this.ann).withdraw(1, "no"))).hasRootCauseMessage("down");
		assertThat(catchThrowable(() -> this.accounts.get("bob of " + this.ann).balance())).hasRootCauseMessage("down");
		this.dataSource.down = false;
		assertThat(this.accounts.get(this.ann).deposit(1)).isEqualTo(101);
		assertThat(this.accounts.get("bob of " + this.ann).deposit(1)).isEqualTo(1);
	}

	@Test
	@DisplayName("R06 of two applications with one schema, the one that is behind stores nothing, rolls back, and is right at the next call")
	void staleInstance() {
		try (DurableContext other = DurableContext.of(this.pool, Account.class)) {
			Keyed<String, Account> others = other.keyed(String.class, Account.class);
			assertThat(others.get(this.ann).balance()).isZero();
			this.accounts.get(this.ann).deposit(100);
			assertThatExceptionOfType(StaleInstanceException.class).isThrownBy(() -> others.get(this.ann).deposit(1))
				.withMessageContaining(
						"account[" + this.ann + "].deposit stored nothing: its row was created elsewhere");
			assertThat(others.get(this.ann).deposit(1)).isEqualTo(101);
			assertThatExceptionOfType(StaleInstanceException.class)
				.isThrownBy(() -> this.accounts.get(this.ann).withdraw(40, "rent"))
				.withMessageContaining("since version 1");
			assertThat(ledger()).isEmpty();
			this.accounts.get(this.ann).withdraw(40, "rent");
			assertThat(this.accounts.get(this.ann).balance()).isEqualTo(61);
			assertThat(row(this.ann).version()).isEqualTo(3);
		}
	}

	@Test
	@DisplayName("R06 two applications count one key up: each increment that was answered is there, the rest was told")
	void twoApplications() throws Exception {
		LongAdder answered = new LongAdder();
		ConcurrentHashMap<String, Throwable> others = new ConcurrentHashMap<>();
		try (DurableContext other = DurableContext.of(this.pool, Account.class)) {
			List<Thread> callers = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Keyed<String, Account> mine = (i % 2 == 0) ? this.accounts : other.keyed(String.class, Account.class);
				boolean transactional = i < 2;
				callers.add(Thread.ofVirtual().start(() -> {
					for (int round = 0; round < 30; round++) {
						try {
							Account account = mine.get(this.ann);
							if (transactional) {
								account.depositInSame(1);
							}
							else {
								account.deposit(1);
							}
							answered.increment();
						}
						catch (StaleInstanceException | ConcurrencyFailureException overtaken) {
							// Told.
						}
						catch (Throwable failure) {
							others.put(failure.toString(), failure);
						}
					}
				}));
			}
			Until.ended(callers);
		}
		assertThat(others).isEmpty();
		passivate(this.ann);
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(answered.sum());
	}

	@Test
	@DisplayName("R06 calls that wait for a key keep their places when its instance turns out to be stale")
	void waitingCallsGoOn() {
		this.accounts.get(this.ann).deposit(100);
		writeByHand(this.ann, 200);
		List<java.util.concurrent.CompletableFuture<Long>> waiting = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			waiting.add(this.accounts.deferred(this.ann).async((account) -> account.deposit(1)));
		}
		int stale = 0;
		long last = 0;
		for (java.util.concurrent.CompletableFuture<Long> call : waiting) {
			Throwable failure = catchThrowable(call::join);
			if (failure != null) {
				assertThat(failure).hasCauseInstanceOf(StaleInstanceException.class);
				stale++;
			}
			else {
				last = call.join();
			}
		}
		assertThat(stale).isEqualTo(1);
		assertThat(last).isEqualTo(219);
	}

	@Test
	@DisplayName("R06 a row edited or deleted by hand is never written over")
	void byHand() {
		this.accounts.get(this.ann).deposit(100);
		writeByHand(this.ann, 7);
		assertThatExceptionOfType(StaleInstanceException.class)
			.isThrownBy(() -> this.accounts.get(this.ann).deposit(1));
		assertThat(this.accounts.get(this.ann).deposit(1)).isEqualTo(8);
		this.jdbc.sql("delete from greenroom_row where key_ = ?").param(this.ann).update();
		assertThatExceptionOfType(StaleInstanceException.class)
			.isThrownBy(() -> this.accounts.get(this.ann).deposit(1));
		assertThat(this.accounts.get(this.ann).deposit(1)).isEqualTo(1);
		this.jdbc.sql("update greenroom_row set stored = '{\"cents\":\"many\"}', version = version + 1 where key_ = ?")
			.param(this.ann)
			.update();
		passivate(this.ann);
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(UnreadableRowException.class)
				.isThrownBy(() -> this.accounts.get(this.ann).deposit(1))
				.withMessageContaining(
						"The row of account[" + this.ann + "] can't be read: 'cents' is stored as \"many\"");
		}
		assertThat(this.accounts.get("bob of " + this.ann).deposit(1)).isEqualTo(1);
		assertThat(row(this.ann).stored()).contains("many");
		writeByHand(this.ann, 3);
		assertThat(this.accounts.get(this.ann).deposit(1)).isEqualTo(4);
	}

	private void writeByHand(String key, long cents) {
		assertThat(this.jdbc.sql("update greenroom_row set stored = ?, version = version + 1 where key_ = ?")
			.params("{\"cents\":%d,\"notes\":[]}".formatted(cents), key)
			.update()).isEqualTo(1);
	}

	@Test
	@DisplayName("R08 a body throws without a transaction: stored fields, collections inside them too, are as before the call")
	void bodyThrows() {
		assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).fail(5));
		assertThat(this.accounts.get(this.ann).balance()).isZero();
		assertThat(row(this.ann)).isNull();
		this.accounts.get(this.ann).withdraw(-100, "gift");
		for (int i = 0; i < 3; i++) {
			assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).fail(5));
			assertThat(this.accounts.get(this.ann).balance()).isEqualTo(100);
			assertThat(this.accounts.get(this.ann).notes()).containsExactly("gift");
		}
		assertThat(row(this.ann).version()).isEqualTo(1);
		this.accounts.get(this.ann).withdraw(1, "more");
		assertThat(row(this.ann).stored()).isEqualTo("{\"cents\":99,\"notes\":[\"gift\",\"more\"]}");
	}

	@Test
	@DisplayName("R08 a value that JSON can't hold is an error that names field and key; the fields are as before")
	void unwritable() {
		this.accounts.get(this.ann).deposit(100);
		assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).endlessNote())
			.withMessageContaining("account[" + this.ann + "]")
			.withMessageContaining("'notes'");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(100);
		assertThat(this.accounts.get(this.ann).notes()).isEmpty();
		assertThat(this.accounts.get(this.ann).deposit(1)).isEqualTo(101);
	}

	@Test
	@DisplayName("R08 a body that calls its own key: each call is stored with its own transaction, and rolled back with it")
	void nestedCalls() {
		this.accounts.get(this.ann).nestNew(false);
		assertThat(row(this.ann).stored()).contains("111");
		assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).nestNew(true))
			.withMessage("outer");
		assertThat(row(this.ann).stored()).as("with what had changed until the inner call").contains("122");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(122);
		this.accounts.get(this.ann).nestSame(false);
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(233);
		assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).nestSame(true))
			.withMessage("outer");
		assertThat(this.accounts.get(this.ann).balance()).isEqualTo(233);
		assertThat(row(this.ann).stored()).contains("233");
		assertThat(this.accounts.get(this.ann).nestFailing()).isEqualTo(234);
		assertThat(this.accounts.get(this.ann).deposit(1)).isEqualTo(235);
		assertThatIllegalStateException().isThrownBy(() -> this.accounts.get(this.ann).nestSameThenNew())
			.withMessageContaining("can't write the row, because an outer transaction has written it");
		assertThat(this.accounts.get(this.ann).deposit(1)).isEqualTo(236);
		assertThat(row(this.ann).stored()).contains("236");
	}

	@Test
	@DisplayName("R09 keys are told apart to the letter, up to 200 characters; what no database stores is rejected")
	void keys() {
		List<String> keys = List.of("ann", "Ann", "ann ", " ann", "", "ä", "\uD83D\uDE00", "a\nb", "a?b",
				"x".repeat(200), "'; drop table greenroom_row; --");
		for (int i = 0; i < keys.size(); i++) {
			assertThat(this.accounts.get(keys.get(i)).deposit(i + 1)).isEqualTo(i + 1);
		}
		for (int i = 0; i < keys.size(); i++) {
			passivate(keys.get(i));
			assertThat(this.accounts.get(keys.get(i)).balance()).isEqualTo(i + 1);
		}
		for (String wrong : List.of("a\u0000b", "\uD83D")) {
			assertThat(catchThrowable(() -> this.accounts.get(wrong).balance()))
				.isInstanceOf(IllegalArgumentException.class)
				.hasMessageContaining("can't store as text");
		}
	}

	@Test
	@DisplayName("K01 callers count keys up that are passivated all the time: each count is exact, and nobody sees a stopped handler")
	void countsAreExact() throws Exception {
		int keys = 10;
		int rounds = 40;
		List<Thread> callers = new ArrayList<>();
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicBoolean done = new AtomicBoolean();
		Thread passivating = Thread.ofPlatform().start(() -> {
			while (!done.get()) {
				for (int key = 0; key < keys; key++) {
					this.accounts.passivate("key" + key);
				}
			}
		});
		for (int i = 0; i < 10; i++) {
			callers.add(Thread.ofVirtual().start(() -> {
				try {
					for (int round = 0; round < rounds; round++) {
						Account account = this.accounts.get("key" + ThreadLocalRandom.current().nextInt(keys));
						if (round % 4 == 0) {
							account.depositInSame(1);
						}
						else {
							account.deposit(1);
						}
					}
				}
				catch (Throwable thrown) {
					failure.set(thrown);
				}
			}));
		}
		Until.ended(callers);
		done.set(true);
		Until.ended(List.of(passivating));
		assertThat(failure.get()).isNull();
		long stored = this.jdbc.sql("select sum(version) from greenroom_row where key_ like 'key%'")
			.query(Long.class)
			.single();
		assertThat(stored).isEqualTo(10L * rounds);
		long sum = 0;
		for (int key = 0; key < keys; key++) {
			sum += this.accounts.get("key" + key).balance();
		}
		assertThat(sum).isEqualTo(10L * rounds);
	}

	/** What the tests of one database share. */
	private record Application(HikariDataSource pool, Faulty faulty, DurableContext context) {

		static Application start(TestDatabase database) {
			HikariDataSource pool = database.fresh();
			JdbcClient.create(pool).sql("create table ledger (account varchar(200), why varchar(200))").update();
			Faulty faulty = new Faulty(pool);
			return new Application(pool, faulty, DurableContext.of(faulty, Account.class));
		}

	}

	/** A data source with faults at named points, each once. */
	static final class Faulty extends DelegatingDataSource {

		enum Point {

			BEFORE, AFTER

		}

		volatile Point atCommit;

		volatile Point atWrite;

		/** Is run before a write of {@link #only}. */
		volatile Runnable beforeWrite;

		/** Whose writes are meant; null for all. */
		volatile Thread only;

		volatile boolean down;

		final AtomicInteger refused = new AtomicInteger();

		Faulty(HikariDataSource pool) {
			super(pool);
		}

		@Override
		public Connection getConnection() throws SQLException {
			if (this.down) {
				this.refused.incrementAndGet();
				throw new SQLException("down", "08001");
			}
			Connection connection = super.getConnection();
			return proxy(Connection.class, (method, arguments) -> {
				if (method.getName().equals("commit") && this.atCommit != null) {
					Point point = this.atCommit;
					this.atCommit = null;
					return cut(point, connection::commit, connection);
				}
				Runnable before = this.beforeWrite;
				if (before != null && this.only == Thread.currentThread()
						&& method.getName().equals("prepareStatement")) {
					before.run();
				}
				Object result = invoke(method, connection, arguments);
				if (method.getName().equals("prepareStatement") && this.atWrite != null
						&& (this.only == null || this.only == Thread.currentThread())
						&& ((String) arguments[0]).startsWith("update greenroom_row")) {
					Point point = this.atWrite;
					this.atWrite = null;
					PreparedStatement statement = (PreparedStatement) result;
					return proxy(PreparedStatement.class, (called, with) -> called.getName().equals("executeUpdate")
							? cut(point, statement::executeUpdate, connection) : invoke(called, statement, with));
				}
				return result;
			});
		}

		private static Object cut(Point point, Work work, Connection connection) throws Throwable {
			if (point == Point.AFTER) {
				work.run();
			}
			connection.unwrap(Connection.class).abort(Runnable::run);
			throw new SQLException("cut", "08006");
		}

		private static Object invoke(java.lang.reflect.Method method, Object target, Object[] arguments)
				throws Throwable {
			try {
				return method.invoke(target, arguments);
			}
			catch (java.lang.reflect.InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		}

		@SuppressWarnings("unchecked")
		private static <T> T proxy(Class<T> type, Calls calls) {
			return (T) java.lang.reflect.Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> calls.call(method, arguments));
		}

		interface Calls {

			Object call(java.lang.reflect.Method method, Object[] arguments) throws Throwable;

		}

		interface Work {

			void run() throws SQLException;

		}

	}

}
