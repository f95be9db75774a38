package io.greenroom.durable;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.KeyedEntry;
import io.greenroom.keyed.StrandedKey;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Machines by key that are stored, on real databases. */
@ParameterizedClass
@MethodSource("io.greenroom.testkit.TestDatabase#all")
@Timeout(60)
class DurableMachineTests {

	/** One application for all tests of a database; each test has keys of its own. */
	private static final Map<TestDatabase, Application> APPLICATIONS = new EnumMap<>(TestDatabase.class);

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private static final String[] SETTINGS = { "greenroom.durable.sweep=50ms", "greenroom.durable.node-timeout=1s",
			"spring.lifecycle.timeout-per-shutdown-phase=500ms" };

	private final HikariDataSource pool;

	private final DurableTests.Faulty dataSource;

	private final JdbcClient jdbc;

	private final Keyed<String, Parcel> parcels;

	private final SimpleMeterRegistry meters;

	private final Parcel.Watch watch;

	private final DurableContext context;

	private final String ann = "ann" + NUMBERS.incrementAndGet();

	DurableMachineTests(TestDatabase database) {
		Application application = APPLICATIONS.computeIfAbsent(database, Application::start);
		this.pool = application.pool;
		this.dataSource = application.faulty;
		this.jdbc = JdbcClient.create(this.pool);
		this.context = application.context;
		this.meters = application.meters;
		this.parcels = this.context.keyed(String.class, Parcel.class);
		this.watch = this.context.bean(Parcel.Watch.class);
		this.watch.mayGoOn = new CountDownLatch(1);
		this.watch.failing = false;
	}

	@AfterAll
	static void end() {
		APPLICATIONS.values().forEach((application) -> {
			application.context.close();
			application.pool.close();
		});
		APPLICATIONS.clear();
	}

	private String row() {
		return this.jdbc.sql(
				"select state || ' ' || status || ' ' || stored from greenroom_row where handler = 'parcel' and key_ = ?")
			.param(this.ann)
			.query(String.class)
			.optional()
			.orElse("none");
	}

	private long version() {
		return column("version", Long.class);
	}

	private <T> T column(String column, Class<T> type) {
		return this.jdbc.sql("select " + column + " from greenroom_row where handler = 'parcel' and key_ = ?")
			.param(this.ann)
			.query(type)
			.optional()
			.orElse(null);
	}

	private void set(String assignments) {
		this.jdbc
			.sql("update greenroom_row set version = version + 1, " + assignments
					+ " where handler = 'parcel' and key_ = ?")
			.param(this.ann)
			.update();
	}

	private List<String> ledger() {
		return this.jdbc.sql("select why from ledger where account = ?").param(this.ann).query(String.class).list();
	}

	private Parcel parcel() {
		return this.parcels.get(this.ann);
	}

	private void untilRow(String expected) {
		Until.until(expected, () -> row().startsWith(expected));
	}

	private void ran(String... what) {
		for (String each : what) {
			Until.until(each, () -> !this.watch.of(this.ann).isEmpty());
			assertThat(this.watch.of(this.ann).poll()).isEqualTo(each);
		}
		assertThat(this.watch.of(this.ann)).isEmpty();
	}

	/** As after a restart. */
	private void passivate() {
		Until.until("the instance to go", () -> this.parcels.passivate(this.ann));
	}

	@Test
	@DisplayName("R03 a move is stored before it is made, with the fields; at rest the key is again where it was, its onStart not called again")
	void atRest() {
		parcel().posted(7);
		untilRow("posted RESTING {\"notes\":[],\"weight\":7}");
		assertThat(version()).as("one write for the move, one for the rest").isEqualTo(2);
		KeyedEntry<String> before = this.parcels.entry(this.ann).orElseThrow();
		passivate();
		assertThat(version()).as("passivation writes nothing").isEqualTo(2);
		assertThat(this.parcels.entry(this.ann)).as("known without an instance").contains(before);
		assertThat(before.since()).isBefore(Instant.now().plusMillis(1));
		assertThat(parcel().told()).isEqualTo("7 []");
		ran("onStart", "posted");
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> parcel().posted(1));
		parcel().packed("well");
		untilRow("packed RESTING {\"notes\":[\"well\"],\"weight\":7}");
		ran("packed");
		assertThat(this.parcels.entry(this.ann).orElseThrow().deadline())
			.isEqualTo(this.parcels.entry(this.ann).orElseThrow().since().plusSeconds(900));
		assertThat(ledger()).containsExactly("well");
		parcel().sent();
		untilRow("sent DONE");
		ran("sent");
		passivate();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> parcel().packed("again"));
		assertThat(column("deadline_at", Long.class)).isNull();
	}

	@Test
	@DisplayName("K10 the messages of a machine by key name its handler and its key, also after a restart")
	void namedByKey() {
		String name = "parcel[" + this.ann + "]";
		parcel().posted(7);
		untilRow("posted RESTING");
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> parcel().posted(1))
			.withMessageContaining(name)
			.withMessageNotContaining("#");
		passivate();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> parcel().posted(1))
			.withMessageContaining(name);
	}

	@Test
	@DisplayName("R03 a body's own move is in its transaction, with what it has written and the fields")
	void ownMove() {
		parcel().packed("send");
		untilRow("sent DONE {\"notes\":[\"send\"],\"weight\":0}");
		ran("packed", "sent");
		assertThat(ledger()).containsExactly("send");
		assertThat(version()).as("packed, sent, done").isEqualTo(3);
	}

	@Test
	@DisplayName("R05 a body that fails has FAILED in the row, its own statements and fields as before, also after its own move")
	void failures() {
		parcel().packed("fail");
		untilRow("packed FAILED {\"notes\":[],\"weight\":0}");
		assertThat(column("error", String.class)).contains("torn");
		assertThat(ledger()).isEmpty();
		assertThat(parcel().told()).isEqualTo("0 []");
		this.watch.failing = true;
		parcel().packed("send and fail");
		Until.until("failed",
				() -> row().startsWith("packed FAILED") && column("error", String.class).contains("later"));
		assertThat(row()).isEqualTo("packed FAILED {\"notes\":[],\"weight\":0}");
		assertThat(ledger()).isEmpty();
		ran("packed", "packed");
	}

	@Test
	@DisplayName("R11 a failed machine is not restarted, is listed with its error, and starts anew by a call of an initial state, also after a restart")
	void failedStartsAnew() {
		parcel().packed("fail");
		untilRow("packed FAILED");
		passivate();
		assertThat(this.parcels.stranded(1000)).filteredOn(StrandedKey::key, this.ann)
			.singleElement()
			.satisfies((stranded) -> {
				assertThat(stranded.state()).isEqualTo("packed");
				assertThat(stranded.reason()).contains("torn");
			});
		assertThat(this.parcels.in("packed", 1000)).extracting(KeyedEntry::key).doesNotContain(this.ann);
		assertThat(parcel().told()).isEqualTo("0 []");
		ran("packed");
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> parcel().sent());
		parcel().packed("well");
		untilRow("packed RESTING");
		assertThat(column("error", String.class)).isNull();
		assertThat(this.parcels.stranded(1000)).extracting(StrandedKey::key).doesNotContain(this.ann);
	}

	@Test
	@DisplayName("R05 a transaction that is rolled back without an exception takes the move with it, and the state has failed")
	void silentRollback() {
		for (String how : List.of("give up", "give up and send")) {
			parcel().packed(how);
			Until.until("failed", () -> row().equals("packed FAILED {\"notes\":[],\"weight\":0}"));
			assertThat(column("error", String.class)).contains("was rolled back without an exception");
			assertThat(ledger()).isEmpty();
			assertThat(parcel().told()).isEqualTo("0 []");
			set("status = 'STOPPED'");
			passivate();
		}
	}

	@Test
	@DisplayName("R07 a commit whose outcome is not known, after a body's own move: the machine goes on from the row, whichever it is")
	void unknownOutcome() {
		for (DurableTests.Faulty.Point point : DurableTests.Faulty.Point.values()) {
			parcel().posted(1);
			untilRow("posted RESTING");
			ran("onStart", "posted");
			this.dataSource.atCommit = point;
			parcel().packed("send");
			// Before the commit the body runs again from its start; after it, it does
			// not.
			if (point == DurableTests.Faulty.Point.BEFORE) {
				ran("packed", "packed", "sent");
			}
			else {
				ran("packed", "sent");
			}
			untilRow("sent DONE {\"notes\":[\"send\"]");
			assertThat(ledger()).containsExactly("send");
			this.jdbc.sql("delete from ledger where account = ?").param(this.ann).update();
			this.jdbc.sql("delete from greenroom_row where key_ = ?").param(this.ann).update();
			passivate();
		}
	}

	@Test
	@DisplayName("R07 a move from outside that can't be written is not made, its caller gets the error, and the next one is made")
	void writeFails() {
		parcel().posted(1);
		untilRow("posted RESTING");
		// Not before its body has left, which would make the move in place of the caller.
		passivate();
		assertThat(parcel().told()).isEqualTo("1 []");
		for (DurableTests.Faulty.Point point : DurableTests.Faulty.Point.values()) {
			this.dataSource.only = Thread.currentThread();
			this.dataSource.atWrite = point;
			Throwable failure = catchThrowable(() -> parcel().packed("well"));
			assertThat(failure).isInstanceOf(org.springframework.dao.DataAccessException.class);
			if (point == DurableTests.Faulty.Point.BEFORE) {
				assertThat(row()).startsWith("posted RESTING");
			}
		}
		untilRow("packed RESTING");
		assertThat(parcel().told()).isEqualTo("1 [well]");
		assertThat(ledger()).containsExactly("well");
	}

	@Test
	@DisplayName("R03 memory is never ahead of the row: while a move is being written, the machine is still where it was")
	void notAhead() {
		parcel().posted(1);
		untilRow("posted RESTING");
		passivate();
		assertThat(parcel().told()).isEqualTo("1 []");
		StateMachine machine = this.context.bean(StateMachines.class)
			.all(Parcel.class)
			.stream()
			.filter((each) -> Parcel.is(each.target(), this.ann))
			.findFirst()
			.orElseThrow();
		List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
		this.dataSource.only = Thread.currentThread();
		this.dataSource.beforeWrite = () -> seen.add(machine.current() + " " + machine.status());
		try {
			parcel().packed("well");
		}
		finally {
			this.dataSource.beforeWrite = null;
		}
		assertThat(seen).containsExactly("posted RESTING");
		assertThat(machine.current()).isEqualTo("packed");
		untilRow("packed RESTING");
	}

	@Test
	@DisplayName("R05 onStart that throws, and an argument that JSON can't hold, leave the machine and the fields as they were")
	void onStartThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> parcel().posted(-1)).withMessage("too light");
		assertThat(row()).isEqualTo("none");
		assertThat(parcel().told()).isEqualTo("0 []");
		assertThatIllegalArgumentException().isThrownBy(
				() -> parcel().sorting(new Parcel.Label("x", null, null, Map.of("a", new Account.UnwritableNumbers()))))
			.withMessageContaining("can't move to 'sorting', as an argument can't be stored");
		assertThat(row()).isEqualTo("none");
	}

	@Test
	@DisplayName("R09 arguments of a body come back equal when it runs again, and the move from outside is stored when it has made way")
	void runsAgain() throws Exception {
		Parcel.Label label = new Parcel.Label("Main \"St\"", new BigDecimal("1.50"), Instant.ofEpochMilli(5),
				Map.of("a", List.of(1, 2)));
		parcel().sorting(label);
		ran("sorting " + label);
		untilRow("sorting RUNNING {\"notes\":[],\"weight\":0}");
		String node = column("node", String.class);
		assertThat(node).isNotNull();
		set("node = 'gone'");
		// The first one is stale, which its end finds out, and the next one takes over.
		parcel().packed("early");
		ran("sorting " + label);
		assertThat(column("node", String.class)).isEqualTo(node);
		assertThat(row()).startsWith("sorting RUNNING {\"notes\":[]");
		parcel().packed("well");
		untilRow("packed RESTING {\"notes\":[\"well\"]");
		ran("packed");
	}

	@Test
	@DisplayName("R12 a body whose node was seen a moment ago is left alone; when it is gone it runs again, within the node timeout and a sweep")
	void otherNodes() throws Exception {
		try (DurableContext other = new DurableContext(this.pool, SETTINGS, Parcel.class, Parcel.Watch.class);
				ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor()) {
			RowStore rows = other.bean(RowStore.class);
			rows.seen(this.ann);
			beats.scheduleAtFixedRate(() -> rows.seen(this.ann), 0, 50, TimeUnit.MILLISECONDS);
			this.jdbc
				.sql("insert into greenroom_row (handler, key_, version, shape, stored, state, args, status, since, node) "
						+ "values ('parcel', ?, 1, 1, '{\"weight\":9}', 'sorting', '{\"0\":null}', 'RUNNING', 1000, ?)")
				.params(this.ann, this.ann)
				.update();
			assertThatExceptionOfType(StaleInstanceException.class)
				.isThrownBy(() -> other.keyed(String.class, Parcel.class).get(this.ann).told())
				.withMessageContaining("is in the body of 'sorting' on another node");
			assertThat(this.watch.of(this.ann)).isEmpty();
			beats.shutdown();
			assertThat(beats.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
			long start = System.nanoTime();
			Until.until("it to run again",
					() -> !this.watch.of(this.ann).isEmpty() || !other.bean(Parcel.Watch.class).of(this.ann).isEmpty());
			assertThat(System.nanoTime() - start).isGreaterThan(700_000_000L);
			assertThat(version()).isEqualTo(2);
			other.bean(Parcel.Watch.class).mayGoOn.countDown();
			this.watch.mayGoOn.countDown();
			untilRow("sorting RESTING {\"notes\":[\"sorted\"],\"weight\":9}");
			assertThat(this.watch.of(this.ann).size() + other.bean(Parcel.Watch.class).of(this.ann).size())
				.isEqualTo(1);
		}
	}

	@Test
	@DisplayName("R06 a stale instance that moves gets StaleInstanceException and moves nothing; the next call moves it from where it is")
	void stale() {
		parcel().posted(1);
		untilRow("posted RESTING");
		assertThat(parcel().told()).isEqualTo("1 []");
		set("state = 'returned', status = 'RESTING', stored = '{\"weight\":5}'");
		assertThatExceptionOfType(StaleInstanceException.class).isThrownBy(() -> parcel().packed("well"));
		assertThat(row()).startsWith("returned RESTING");
		parcel().packed("well");
		untilRow("packed RESTING {\"notes\":[\"well\"],\"weight\":5}");
		assertThat(ledger()).containsExactly("well");
	}

	@Test
	@DisplayName("R05 a move asked for in a body of the handler is stored at once, with the fields so far; in a transaction without them, and it stays when that rolls back")
	void fromOwnHandler() {
		parcel().pack("well");
		untilRow("packed RESTING {\"notes\":[\"before\",\"after\",\"well\"]");
		passivate();
		parcel().packInTransaction("better", false);
		untilRow("packed RESTING {\"notes\":[\"before\",\"after\",\"well\",\"before\",\"better\"]");
		assertThat(catchThrowable(() -> parcel().packInTransaction("best", true))).hasMessage("no");
		untilRow("packed RESTING {\"notes\":[\"before\",\"after\",\"well\",\"before\",\"better\",\"best\"]");
		assertThat(ledger()).containsExactlyInAnyOrder("well", "own", "better", "best");
		passivate();
		assertThat(parcel().told()).endsWith("better, best]");
	}

	@Test
	@DisplayName("R05 a move asked for in a transaction of its caller does not wait for that, and is stored by itself")
	void inCallersTransaction() {
		TransactionTemplate transaction = new TransactionTemplate(this.context.bean(JdbcTransactionManager.class));
		transaction.executeWithoutResult((status) -> {
			parcel().packed("well");
			status.setRollbackOnly();
		});
		untilRow("packed RESTING {\"notes\":[\"well\"]");
	}

	@Test
	@DisplayName("R05 calls of the handler and moves from many threads: each is stored once, none is lost")
	void callsAndMoves() throws Exception {
		parcel().packed("0");
		int rounds = 15;
		AtomicInteger moves = new AtomicInteger(1);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		List<Thread> threads = new java.util.ArrayList<>();
		for (int i = 0; i < 4; i++) {
			boolean moving = i % 2 == 0;
			threads.add(Thread.ofPlatform().start(() -> {
				try {
					for (int round = 0; round < rounds; round++) {
						if (moving) {
							parcel().packed("x");
							moves.incrementAndGet();
						}
						else {
							parcel().add(1);
						}
					}
				}
				catch (Throwable thrown) {
					failure.compareAndSet(null, thrown);
				}
			}));
		}
		Until.ended(threads);
		assertThat(failure.get()).isNull();
		untilRow("packed RESTING");
		Until.until("the last body", () -> parcel().told() != null && row().startsWith("packed RESTING"));
		assertThat(column("stored", String.class)).endsWith("\"weight\":" + 2 * rounds + "}");
		assertThat(moves.get()).isEqualTo(1 + 2 * rounds);
		assertThat(this.watch.made.get(this.ann)).as("no instance was dropped").isEqualTo(1);
	}

	@Test
	@DisplayName("R03 stop() is stored, shutdown is not: a body that was under way runs again in the next application")
	void stopping() throws Exception {
		parcel().posted(1);
		untilRow("posted RESTING");
		parcel().stop();
		untilRow("posted STOPPED");
		passivate();
		parcel().packed("well");
		untilRow("packed RESTING");
		String key = this.ann + "b";
		try (DurableContext other = new DurableContext(this.pool, SETTINGS, Parcel.class, Parcel.Watch.class)) {
			other.keyed(String.class, Parcel.class).get(key).sorting(null);
			Until.until("the body", () -> !other.bean(Parcel.Watch.class).of(key).isEmpty());
		}
		Until.until("the body again", () -> !this.watch.of(key).isEmpty());
		assertThat(this.watch.of(key)).containsExactly("sorting null");
		this.watch.mayGoOn.countDown();
		Until.until("its rest",
				() -> this.parcels.in("sorting", 1000).stream().anyMatch((entry) -> entry.key().equals(key)));
	}

	@Test
	@DisplayName("R10 a row in a state that the class does not have is listed with key and state, nothing fires, calls say what to do, other keys work")
	void stranded() {
		parcel().packed("well");
		untilRow("packed RESTING");
		ran("packed");
		passivate();
		set("state = 'wrapped', deadline_at = 1");
		assertThat(this.parcels.stranded(1000)).filteredOn(StrandedKey::key, this.ann)
			.singleElement()
			.satisfies((stranded) -> {
				assertThat(stranded.state()).isEqualTo("wrapped");
				assertThat(stranded.reason()).contains("no state 'wrapped'");
			});
		assertThatExceptionOfType(UnreadableRowException.class).isThrownBy(() -> parcel().sent())
			.withMessageContaining("is stranded in state 'wrapped'")
			.withMessageContaining("set state and version = version + 1");
		assertThatExceptionOfType(UnreadableRowException.class).isThrownBy(() -> parcel().told());
		this.parcels.get(this.ann + "b").packed("well");
		assertThat(this.parcels.counts()).containsKeys("posted", "packed", "sent").doesNotContainKey("wrapped");
		Until.until("the meter of stranded keys",
				() -> this.meters.get("greenroom.durable.stranded").tag("handler", "parcel").gauge().value() >= 1);
		assertThat(this.meters.get("greenroom.durable.keys")
			.tag("handler", "parcel")
			.tag("state", "packed")
			.gauge()
			.value()).isNotNegative();
		set("state = 'packed', deadline_at = null");
		parcel().sent();
		untilRow("sent DONE");
	}

	@Test
	@DisplayName("R10 a row whose status or arguments somebody has spoilt is listed, is not run, and its caller is told what to write")
	void spoiltRow() {
		parcel().packed("well");
		untilRow("packed RESTING");
		passivate();
		for (String wrong : List.of("'ASLEEP'", "null", "'UNKNOWN'")) {
			set("status = " + wrong);
			assertThatExceptionOfType(UnreadableRowException.class).isThrownBy(() -> parcel().told())
				.withMessageContaining("RUNNING, RESTING, DONE, FAILED and STOPPED; set status and version");
			assertThat(this.parcels.stranded(1000)).filteredOn(StrandedKey::key, this.ann)
				.singleElement()
				.satisfies((stranded) -> assertThat(stranded.reason()).contains("its status is"));
		}
		set("status = 'RUNNING', args = '{\"0\":', node = 'gone'");
		assertThatExceptionOfType(UnreadableRowException.class).isThrownBy(() -> parcel().told())
			.withMessageContaining("its arguments can't be read");
		set("args = '{\"0\":\"again\"}'");
		Until.until("it to run", () -> row().startsWith("packed RESTING {\"notes\":[\"well\",\"again\"]"));
	}

	@Test
	@DisplayName("R05 the text of a failure is kept up to 2 000 characters, whatever is in it")
	void longError() {
		this.watch.torn = "\u0000" + "x".repeat(1960) + "\ud83c\udfad".repeat(500);
		try {
			parcel().packed("fail");
			untilRow("packed FAILED");
		}
		finally {
			this.watch.torn = "torn";
		}
		assertThat(column("error", String.class)).contains("?xxx").hasSizeBetween(1990, 2000);
	}

	@Test
	@DisplayName("R10 a body that was to run again, but whose parameters have changed, is not run, and its row stays")
	void changedParameters() {
		parcel().packed("well");
		untilRow("packed RESTING");
		passivate();
		set("status = 'RUNNING', args = '{}', node = 'gone'");
		assertThatExceptionOfType(UnreadableRowException.class).isThrownBy(() -> parcel().told())
			.withMessageContaining("its arguments can't be read");
		assertThat(row()).startsWith("packed RUNNING");
		set("args = '{\"0\":\"again\"}'");
		Until.until("it to run", () -> row().startsWith("packed RESTING {\"notes\":[\"well\",\"again\"]"));
	}

	@Test
	@DisplayName("R14 in(), entry() and counts() tell of keys without instances, and make none")
	void listings() {
		parcel().posted(3);
		untilRow("posted RESTING");
		long before = this.parcels.counts().get("posted");
		passivate();
		this.watch.made.remove(this.ann);
		assertThat(this.parcels.counts()).containsEntry("posted", before);
		assertThat(this.parcels.in("posted", 1000)).extracting(KeyedEntry::key).contains(this.ann);
		assertThat(this.parcels.in("posted", 1)).hasSize(1);
		assertThat(this.parcels.entry(this.ann).orElseThrow().state()).isEqualTo("posted");
		assertThat(this.parcels.entry(this.ann + "none")).isEmpty();
		assertThat(this.watch.made).doesNotContainKey(this.ann);
	}

	@Test
	@DisplayName("R01 the timeout of a key without an instance comes once, and not before; a deadline at the end of time never")
	void timeouts() {
		parcel().packed("well");
		untilRow("packed RESTING");
		ran("packed");
		passivate();
		long due = System.currentTimeMillis() + 400;
		set("deadline_at = " + due);
		ran("sent");
		assertThat(System.currentTimeMillis()).isBetween(due, due + 5000);
		untilRow("sent DONE");
		String late = this.ann + "late";
		this.parcels.get(late).posted(1);
		this.parcels.get(late).returned();
		Until.until("it",
				() -> this.parcels.in("returned", 1000).stream().anyMatch((entry) -> entry.key().equals(late)));
		assertThat(this.parcels.entry(late).orElseThrow().deadline()).isAfter(Instant.now().plusSeconds(1L << 40));
		Until.until("the instance to go", () -> this.parcels.passivate(late));
		assertThat(this.parcels.get(late).told()).isEqualTo("1 []");
	}

	@Test
	@DisplayName("R01 a clock that was set back by an hour makes no timeout longer than declared, once the key is called")
	void clockSetBack() {
		parcel().packed("well");
		untilRow("packed RESTING");
		passivate();
		long inAnHour = Instant.now().plus(Duration.ofHours(1)).toEpochMilli();
		set("since = " + inAnHour + ", deadline_at = " + (inAnHour + 300));
		assertThat(row()).startsWith("packed RESTING");
		parcel().told();
		untilRow("sent DONE");
	}

	@Test
	@DisplayName("R02 two applications hold the same machine, both with its timer: it moves once")
	void twoTimers() {
		try (DurableContext other = new DurableContext(this.pool, SETTINGS, Parcel.class, Parcel.Watch.class)) {
			Parcel.Watch theirs = other.bean(Parcel.Watch.class);
			parcel().packed("well");
			untilRow("packed RESTING");
			ran("packed");
			passivate();
			set("deadline_at = " + (System.currentTimeMillis() + 300));
			assertThat(parcel().told()).isEqualTo("0 [well]");
			assertThat(other.keyed(String.class, Parcel.class).get(this.ann).told()).isEqualTo("0 [well]");
			untilRow("sent DONE");
			assertThat(sent(this.ann, theirs)).isEqualTo(version() - 4);
		}
	}

	@Test
	@DisplayName("R02 two applications hold the same 100 machines, both with timers: 100 moves")
	void manyTimers() {
		int many = 100;
		try (DurableContext other = new DurableContext(this.pool, SETTINGS, Parcel.class, Parcel.Watch.class)) {
			Parcel.Watch theirs = other.bean(Parcel.Watch.class);
			long due = System.currentTimeMillis() + 500;
			for (int i = 0; i < many; i++) {
				this.jdbc.sql(
						"insert into greenroom_row (handler, key_, version, shape, stored, state, status, since, deadline_at) "
								+ "values ('parcel', ?, 1, 1, '{}', 'packed', 'RESTING', 1, ?)")
					.params(this.ann + "-" + i, due)
					.update();
			}
			parcel().posted(5);
			Until.until("all to be sent", () -> {
				assertThat(parcel().told()).isEqualTo("5 []");
				return this.jdbc
					.sql("select count(*) from greenroom_row where key_ like ? and state = 'sent' and status = 'DONE'")
					.param(this.ann + "-%")
					.query(Long.class)
					.single() == many;
			});
			for (int i = 0; i < many; i++) {
				String key = this.ann + "-" + i;
				long version = this.jdbc.sql("select version from greenroom_row where handler = 'parcel' and key_ = ?")
					.param(key)
					.query(Long.class)
					.single();
				assertThat(sent(key, theirs)).as(key).isEqualTo(version - 2);
			}
		}
	}

	/**
	 * Returns how many bodies ran that a timer began. Each has a version of the row for
	 * its beginning, and the last one for its end. That is one body, unless its machine
	 * stalled for so long that the other application went on with it.
	 */
	private long sent(String key, Parcel.Watch theirs) {
		return this.watch.of(key).size() + theirs.of(key).size();
	}

	@Test
	@Timeout(240)
	@DisplayName("R13 a thousand overdue timers, or as many as -Dgreenroom.rounds makes of them: all fire once, with a few connections, and calls are answered meanwhile")
	void overdueTimers() {
		int many = Rounds.of(1_000);
		List<Object[]> rows = new ArrayList<>();
		for (int i = 0; i < many; i++) {
			rows.add(new Object[] { this.ann + "-" + i });
		}
		new JdbcTemplate(this.pool).batchUpdate(
				"insert into greenroom_row (handler, key_, version, shape, stored, state, status, since, deadline_at) "
						+ "values ('parcel', ?, 1, 1, '{}', 'packed', 'RESTING', 1, 2)",
				rows);
		parcel().posted(5);
		Until.until("all to be sent", Duration.ofMinutes(3), () -> {
			assertThat(parcel().told()).isEqualTo("5 []");
			return this.jdbc
				.sql("select count(*) from greenroom_row where key_ like ? and state = 'sent' and status = 'DONE'")
				.param(this.ann + "-%")
				.query(Long.class)
				.single() == many;
		});
		for (int i = 0; i < many; i++) {
			assertThat(this.watch.of(this.ann + "-" + i)).hasSize(1);
		}
	}

	@Test
	@DisplayName("R07 the database is away when a machine that was dropped is to go on: it goes on when that is back, though nobody calls")
	void databaseIsAway() throws Exception {
		parcel().sorting(null);
		ran("sorting null");
		this.dataSource.down = true;
		try {
			this.watch.mayGoOn.countDown();
			int before = this.dataSource.refused.get();
			Until.until("its end to fail, and the next one to be made",
					() -> this.dataSource.refused.get() > before + 3);
		}
		finally {
			this.dataSource.down = false;
		}
		ran("sorting null");
		untilRow("sorting RESTING {\"notes\":[\"sorted\"]");
	}

	/** What the tests of one database share. */
	private record Application(HikariDataSource pool, DurableTests.Faulty faulty, DurableContext context,
			SimpleMeterRegistry meters) {

		static Application start(TestDatabase database) {
			HikariDataSource pool = database.fresh();
			JdbcClient.create(pool).sql("create table ledger (account varchar(200), why varchar(200))").update();
			DurableTests.Faulty faulty = new DurableTests.Faulty(pool);
			DurableContext context = new DurableContext(faulty, SETTINGS, Parcel.class, Parcel.Watch.class,
					MeterObserver.class);
			SimpleMeterRegistry meters = new SimpleMeterRegistry();
			context.bean(MeterObserver.class).bindTo(meters);
			return new Application(pool, faulty, context, meters);
		}

	}

}
