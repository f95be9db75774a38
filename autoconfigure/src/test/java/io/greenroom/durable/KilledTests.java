package io.greenroom.durable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Machines whose JVM is killed by -9, and what the next one makes of them. */
@Timeout(180)
class KilledTests {

	private static BootProcess start(HikariDataSource database, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--database=" + database.getJdbcUrl(),
				"--greenroom.durable.node-timeout=1s", "--greenroom.durable.sweep=100ms",
				"--spring.main.banner-mode=off", "--logging.level.root=warn"));
		arguments.addAll(List.of(more));
		return new BootProcess(Killed.class, arguments.toArray(String[]::new));
	}

	/** The database, which one process at a time has open if it is a file. */
	private static HikariDataSource database(TestDatabase database) {
		HikariDataSource pool = database.fresh();
		JdbcClient.create(pool).sql("create table work (id varchar(9), what varchar(9), place int)").update();
		pool.close();
		return pool;
	}

	/** Returns the work of a key, in order. */
	private static List<String> work(HikariDataSource database, String key) {
		try (HikariDataSource pool = TestDatabase.pool(database.getJdbcUrl(), 1)) {
			return JdbcClient.create(pool)
				.sql("select what from work where id = ? order by place")
				.param(key)
				.query(String.class)
				.list();
		}
	}

	/** Looks at all keys at once: a pool of connections for each takes longer. */
	private static void assertAllDoneOnce(HikariDataSource database) {
		Map<String, List<String>> work = new TreeMap<>();
		try (HikariDataSource pool = TestDatabase.pool(database.getJdbcUrl(), 1)) {
			JdbcClient.create(pool)
				.sql("select id, what from work")
				.query((RowCallbackHandler) (row) -> work.computeIfAbsent(row.getString(1), (_) -> new ArrayList<>())
					.add(row.getString(2)));
		}
		assertThat(Killed.KEYS).allSatisfy((key) -> assertThat(work.get(key)).as(key).containsExactly("done"));
	}

	private static List<String> row(HikariDataSource database, String key) {
		try (HikariDataSource pool = TestDatabase.pool(database.getJdbcUrl(), 1)) {
			return JdbcClient.create(pool)
				.sql("select state || ' ' || status || ' ' || stored from greenroom_row where key_ = ?")
				.param(key)
				.query(String.class)
				.list();
		}
	}

	/** Has an application run until nothing is left to do. */
	private static void goOn(HikariDataSource database) {
		try (BootProcess second = start(database)) {
			second.await("idle");
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("R03 kill -9 in the middle of a @Transactional body: it runs again from its start, its rows are there once, the successor starts after the commit; R01 a timeout that was over meanwhile comes once")
	void inTheMiddle(TestDatabase kind) {
		HikariDataSource database = database(kind);
		try (BootProcess first = start(database, "--killed.at=middle")) {
			first.await("middle", "called");
			first.kill();
		}
		assertThat(row(database, "a")).containsExactly("working RUNNING {\"steps\":0}");
		assertThat(work(database, "a")).isEmpty();
		goOn(database);
		assertThat(row(database, "a")).containsExactly("done DONE {\"steps\":2}");
		assertThat(work(database, "a")).containsExactly("hard", "done");
		assertThat(work(database, "b")).containsExactly("b", "done");
		assertThat(work(database, "c")).containsExactly("done");
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("R04 kill -9 between a body's commit and its successor's start: the successor runs, the old body does not")
	void beforeTheSuccessor(TestDatabase kind) {
		HikariDataSource database = database(kind);
		try (BootProcess first = start(database, "--killed.at=successor")) {
			first.await("successor", "called");
			first.kill();
		}
		assertThat(row(database, "a")).containsExactly("done RUNNING {\"steps\":1}");
		assertThat(work(database, "a")).containsExactly("hard");
		goOn(database);
		assertThat(row(database, "a")).containsExactly("done DONE {\"steps\":2}");
		assertThat(work(database, "a")).containsExactly("hard", "done");
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("R05 R11 a @Transactional body fails, then kill -9: its rows and its move are not there, its fields are as before, and it is not run again")
	void afterAFailure(TestDatabase kind) {
		HikariDataSource database = database(kind);
		try (BootProcess first = start(database, "--killed.at=failing in the middle")) {
			first.await("called", "failed");
			first.kill();
		}
		assertThat(row(database, "a")).containsExactly("working FAILED {\"steps\":0}");
		assertThat(work(database, "a")).isEmpty();
	}

	@Test
	@DisplayName("R07 the connections are cut before a commit, then kill -9: the next JVM starts from the row, and the body's rows are there once")
	void cutOff() {
		HikariDataSource database = database(TestDatabase.POSTGRESQL);
		try (BootProcess first = start(database, "--killed.at=paused before the commit of the middle")) {
			first.await("committing", "called");
			cutConnections(database);
			first.letOn();
			first.await("rolled back");
			first.kill();
		}
		goOn(database);
		assertThat(row(database, "a")).containsExactly("done DONE {\"steps\":2}");
		assertThat(work(database, "a")).containsExactly("hard", "done");
	}

	private static void cutConnections(HikariDataSource database) {
		try (HikariDataSource pool = TestDatabase.pool(database.getJdbcUrl(), 1)) {
			assertThat(JdbcClient.create(pool)
				.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
				.query(Boolean.class)
				.list()).isNotEmpty();
		}
	}

	@Test
	@DisplayName("R01 kill -9 with seconds left, and a restart before they are over: the timeout comes once, at its time")
	void restartBeforeTheDeadline() {
		HikariDataSource database = database(TestDatabase.POSTGRESQL);
		try (BootProcess first = start(database, "--hold=first", "--killed.at=never")) {
			first.await("ready");
			first.letOn();
			first.await("holding", "called");
			first.kill();
		}
		Map<String, Long> deadlines = times(database, "deadline_at");
		long ready;
		try (BootProcess second = start(database)) {
			second.await("idle");
			ready = Long.parseLong(second.output()
				.lines()
				.filter((line) -> line.startsWith(Killed.READY))
				.findFirst()
				.orElseThrow()
				.substring(Killed.READY.length()));
		}
		Map<String, Long> moves = times(database, "since");
		assertThat(deadlines.keySet()).allSatisfy((key) -> assertThat(moves.get(key)).as("not before its time")
			.isGreaterThanOrEqualTo(deadlines.get(key)));
		long[] late = deadlines.keySet()
			.stream()
			.mapToLong((key) -> moves.get(key) - Math.max(deadlines.get(key), ready))
			.sorted()
			.toArray();
		System.out.printf(
				"%d timeouts after a restart came %d to %d ms late, 99 of 100 within %d ms; the restart was %d ms before the first%n",
				late.length, late[0], late[late.length - 1], late[late.length * 99 / 100 - 1],
				deadlines.values().stream().mapToLong(Long::longValue).min().orElseThrow() - ready);
		// A tenth of a second where nothing else runs on the machine.
		assertThat(late[late.length - 1]).isLessThan(30_000);
		assertAllDoneOnce(database);
	}

	@Test
	@DisplayName("R02 two JVMs hold the same 100 machines, both with timers: 100 moves, nobody logs an error")
	void bothHold() {
		HikariDataSource database = database(TestDatabase.POSTGRESQL);
		try (BootProcess first = start(database, "--hold=first");
				BootProcess second = start(database, "--hold=second")) {
			first.await("ready");
			second.await("ready");
			first.letOn();
			first.await("holding");
			second.letOn();
			second.await("holding");
			first.await("idle");
			second.await("idle");
			assertAllDoneOnce(database);
			assertThat(first.output()).doesNotContain("ERROR");
			assertThat(second.output()).doesNotContain("ERROR");
		}
	}

	private static Map<String, Long> times(HikariDataSource database, String column) {
		Map<String, Long> times = new TreeMap<>();
		try (HikariDataSource pool = TestDatabase.pool(database.getJdbcUrl(), 1)) {
			JdbcClient.create(pool)
				.sql("select key_, " + column + " from greenroom_row where key_ like 'h%' and " + column
						+ " is not null")
				.query((RowCallbackHandler) (row) -> times.put(row.getString(1), row.getLong(2)));
		}
		return times;
	}

	@Test
	@DisplayName("R12 two JVMs: the body of the one is not run by the other while it is seen; after a kill -9 it is, within the node timeout and a sweep")
	void rollingDeploy() {
		HikariDataSource database = database(TestDatabase.POSTGRESQL);
		try (BootProcess first = start(database, "--killed.at=middle")) {
			first.await("middle", "called");
			try (BootProcess second = start(database)) {
				untilSeenFor(database, 3_000);
				assertThat(row(database, "a")).containsExactly("working RUNNING {\"steps\":0}");
				assertThat(work(database, "a")).isEmpty();
				long killed = System.nanoTime();
				first.kill();
				second.await("idle");
				// A second of the node timeout and a tenth of a sweep; the rest is the
				// machine's.
				assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(8));
				assertThat(work(database, "a")).containsExactly("hard", "done");
			}
		}
	}

	@Test
	@DisplayName("R06 R12 a JVM that freezes in the middle of a body and wakes when another has taken it over stores nothing, and its own SQL is rolled back")
	void frozen() {
		HikariDataSource database = database(TestDatabase.POSTGRESQL);
		try (BootProcess first = start(database, "--killed.at=paused in the middle")) {
			first.await("middle", "called");
			// A node that freezes in a transaction keeps the locks of its rows.
			Until.until("the others to be done",
					() -> List.of("b", "c")
						.stream()
						.allMatch((key) -> row(database, key).toString().contains(" DONE ")));
			first.freeze();
			try (BootProcess second = start(database)) {
				second.await("idle");
				assertThat(work(database, "a")).containsExactly("hard", "done");
				first.letOn();
				first.thaw();
				first.await("rolled back");
				assertThat(work(database, "a")).containsExactly("hard", "done");
				assertThat(row(database, "a")).containsExactly("done DONE {\"steps\":2}");
			}
		}
	}

	/** Waits until another node than the first has been there for so long. */
	private static void untilSeenFor(HikariDataSource database, long millis) {
		try (HikariDataSource pool = TestDatabase.pool(database.getJdbcUrl(), 1)) {
			JdbcClient jdbc = JdbcClient.create(pool);
			AtomicLong since = new AtomicLong();
			Until.until("two nodes to have been seen for a while", () -> {
				List<Long> seen = jdbc.sql("select seen_at from greenroom_node order by seen_at")
					.query(Long.class)
					.list();
				if (seen.size() < 2) {
					return false;
				}
				since.compareAndSet(0, seen.getFirst());
				return seen.getFirst() - since.get() > millis;
			});
		}
	}

}
