package io.greenroom.cluster.internal;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.internal.ClusterHandlers;
import io.greenroom.state.State;
import io.greenroom.testkit.CutConnections;
import io.greenroom.testkit.CutConnections.Place;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.ResolvableType;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Calls whose transactions lose their connection to a real database, on the node that
 * makes the call and on another one, as those of a node do that was frozen.
 */
@Timeout(60)
class CutCallsTests {

	private static final String BODY = "insert into ledger";

	private static final String FENCE = "update greenroom_row";

	/** How often the body of a call has begun. */
	private static final Map<String, AtomicInteger> BODIES = new ConcurrentHashMap<>();

	/** Done by each body when it has written. */
	private static volatile Runnable inBody = () -> {
	};

	/** Done after all writes, before each commit. */
	private static volatile Runnable beforeCommit = () -> {
	};

	private final ThreadedNetwork network = new ThreadedNetwork();

	private final List<Node> nodes = new ArrayList<>();

	private HikariDataSource database;

	private CutConnections connections;

	private HikariDataSource pool;

	private JdbcClient jdbc;

	private Node one;

	private Node two;

	private void open(TestDatabase kind, String... statements) {
		BODIES.clear();
		this.database = kind.fresh();
		this.jdbc = JdbcClient.create(this.database);
		this.jdbc.sql("create table ledger (account varchar(20), id varchar(40))").update();
		this.jdbc.sql("create table once (id varchar(40) primary key)").update();
		for (String statement : statements) {
			this.jdbc.sql(statement).update();
		}
		this.connections = CutConnections.to(this.database);
		this.pool = this.connections.pool();
		this.one = new Node("one");
		this.two = new Node("two");
		this.network.owners.put("wallet[a]", "one");
		this.network.owners.put("wallet[b]", "one");
		this.network.owners.put("order[a]", "one");
	}

	@AfterEach
	void close() {
		inBody = () -> {
		};
		beforeCommit = () -> {
		};
		this.nodes.reversed().forEach(Node::close);
		this.network.close();
		if (this.database != null) {
			this.pool.close();
			this.database.close();
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 the transaction of a local call is ended in its body, in the write of the row, before the commit: the call is made again, with one effect")
	void cutBeforeTheCommit(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("first");
		int calls = 1;
		for (String operation : List.of(BODY, FENCE, CutConnections.COMMIT)) {
			for (Place place : List.of(Place.BEFORE, Place.AFTER)) {
				if (place == Place.AFTER && operation.equals(CutConnections.COMMIT)) {
					continue;
				}
				String id = operation + " " + place;
				this.connections.cut(place, operation);
				assertThat(this.one.wallets.get("a").withdraw(id)).as(id).isEqualTo(++calls);
				assertThat(this.connections.cuts()).as(id).isEqualTo(calls - 1);
				assertThat(BODIES.get(id)).as(id).hasValue(2);
				assertThat(ledger(id)).as(id).isOne();
			}
		}
		assertThat(this.one.wallets.get("a").cents()).isEqualTo(calls);
		assertThat(this.two.wallets.get("a").cents()).isEqualTo(calls);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 the first call of a key is cut before its row is there: made again, unless the commit was under way, whose caller has the error")
	void cutBeforeTheFirstCommit(TestDatabase kind) {
		open(kind);
		this.connections.cut(Place.AFTER, "insert into greenroom_row");
		assertThat(this.one.wallets.get("a").withdraw("1")).isOne();
		assertThat(BODIES.get("1")).hasValue(2);
		this.connections.cut(Place.BEFORE, CutConnections.COMMIT);
		assertThatDatabaseFailure(() -> this.one.wallets.get("b").withdraw("2"));
		assertThat(BODIES.get("2")).hasValue(1);
		assertThat(ledger("2")).isZero();
		assertThat(this.one.wallets.get("b").withdraw("3")).isOne();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 R07 the commit of a local call was done, and its answer is lost: the caller has the error, the effect is there once, and the next call reads what is stored")
	void committed(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		this.connections.cut(Place.AFTER, CutConnections.COMMIT);
		assertThatDatabaseFailure(() -> this.one.wallets.get("a").withdraw("2"));
		assertThat(BODIES.get("2")).hasValue(1);
		assertThat(ledger("2")).isOne();
		assertThat(this.one.wallets.get("a").withdraw("3")).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 R07 the commit of a local call is still under way when its connection is lost: it is waited for, and the call is not made twice")
	void underWay(TestDatabase kind) throws Exception {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		CountDownLatch looking = new CountDownLatch(1);
		this.connections.listen((operation) -> {
			if (operation.contains("version = version + 1")) {
				looking.countDown();
			}
		});
		this.connections.cut(Place.UNDER_WAY, CutConnections.COMMIT);
		CompletableFuture<Long> call = this.one.wallets.deferred("a").async((wallet) -> wallet.withdraw("2"));
		assertThat(looking.await(20, TimeUnit.SECONDS)).isTrue();
		this.connections.arrive();
		assertThat(catchThrowable(() -> call.get(20, TimeUnit.SECONDS))).rootCause().isInstanceOf(SQLException.class);
		assertThat(BODIES.get("2")).hasValue(1);
		assertThat(ledger("2")).isOne();
		assertThat(this.one.wallets.get("a").withdraw("3")).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 R07 the commit of a local call is lost, and another node has written the row since: it can't be known whose version it is, so the caller has the error")
	void overtaken(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		this.connections.listen((operation) -> {
			if (operation.contains("version = version + 1")) {
				this.jdbc.sql("update greenroom_row set version = version + 1").update();
			}
		});
		this.connections.cut(Place.BEFORE, CutConnections.COMMIT);
		assertThatDatabaseFailure(() -> this.one.wallets.get("a").withdraw("2"));
		assertThat(BODIES.get("2")).hasValue(1);
		assertThat(ledger("2")).isZero();
		assertThat(this.one.wallets.get("a").withdraw("3")).isEqualTo(2);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 a call whose transaction was cut is made again by the node that has its key now")
	void moved(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		inBody = () -> this.network.owners.put("wallet[a]", "two");
		this.connections.cut(Place.BEFORE, FENCE);
		assertThat(this.one.wallets.get("a").withdraw("2")).isEqualTo(2);
		assertThat(BODIES.get("2")).hasValue(2);
		assertThat(this.one.counts().get("sent")).isOne();
		assertThat(this.jdbc.sql("select count(*) from greenroom_call").query(Long.class).single())
			.as("stored with its id there")
			.isOne();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 N05 the transaction of a call of another node is cut: the call is sent again under its id, and made once, before the commit and after it")
	void remote(TestDatabase kind) {
		open(kind);
		this.two.wallets.get("a").withdraw("first");
		int calls = 1;
		for (String operation : List.of(BODY, FENCE, "insert into greenroom_call", CutConnections.COMMIT)) {
			for (Place place : List.of(Place.BEFORE, Place.AFTER)) {
				String id = operation + " " + place;
				this.connections.cut(place, operation);
				assertThat(this.two.wallets.get("a").withdraw(id)).as(id).isEqualTo(++calls);
				boolean stored = operation.equals(CutConnections.COMMIT) && place == Place.AFTER;
				assertThat(BODIES.get(id)).as(id).hasValue(stored ? 1 : 2);
				assertThat(ledger(id)).as(id).isOne();
			}
		}
		assertThat(this.one.counts()).containsEntry("cut", 8L).containsEntry("stored", 1L);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 R07 a database that cuts each transaction: callers have its error after some bodies, and nothing is stored")
	void cutAgain(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		inBody = () -> this.connections.cut(Place.BEFORE, FENCE);
		assertThatDatabaseFailure(() -> this.one.wallets.get("a").withdraw("2"));
		assertThat(BODIES.get("2")).as("here, and then as one of another node").hasValue(3);
		assertThatDatabaseFailure(() -> this.two.wallets.get("a").withdraw("3"));
		assertThat(BODIES.get("3")).hasValue(2);
		this.connections.heal();
		inBody = () -> {
		};
		assertThat(this.one.wallets.get("a").withdraw("4")).isEqualTo(2);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 failures of the body's own are not answered by another body: a key that is there twice, a database of its own that is away, an exception after a cut that it has caught")
	void failuresOfTheBody(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		assertThatExceptionOfType(DuplicateKeyException.class)
			.isThrownBy(() -> this.one.wallets.get("a").enterTwice("2"));
		assertThat(BODIES.get("2")).hasValue(1);
		assertThatExceptionOfType(DataAccessResourceFailureException.class)
			.isThrownBy(() -> this.one.wallets.get("a").callAway("3"))
			.withMessageContaining("stock");
		assertThat(BODIES.get("3")).hasValue(1);
		this.connections.cut(Place.BEFORE, BODY);
		assertThat(catchThrowable(() -> this.one.wallets.get("a").catchAll("4"))).isNotNull();
		assertThat(BODIES.get("4")).hasValue(1);
		assertThat(this.one.wallets.get("a").withdraw("5")).isEqualTo(2);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 a body that has stored a part of its call in another transaction is not made again when its own is cut")
	void partlyStored(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		inBody = () -> this.connections.cut(Place.BEFORE, BODY);
		assertThatDatabaseFailure(() -> this.one.wallets.get("a").inParts("2"));
		assertThat(BODIES.get("2")).hasValue(1);
		assertThat(ledger("2 part")).isOne();
		inBody = () -> {
		};
		assertThat(this.one.wallets.get("a").withdraw("3")).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 a body that calls another handler, whose transaction is cut: that call is made again, and the outer body is not")
	void nested(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		this.one.wallets.get("b").withdraw("2");
		inBody = () -> {
			inBody = () -> {
			};
			this.connections.cut(Place.BEFORE, (operation) -> operation.equals(CutConnections.COMMIT));
		};
		assertThat(this.one.wallets.get("a").transfer("3", "b")).isEqualTo(2);
		assertThat(BODIES.get("3 to")).hasValue(2);
		assertThat(BODIES.get("3")).hasValue(1);
		assertThat(ledger("3")).isOne();
		assertThat(ledger("3 to")).isOne();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 a caller in a transaction of its own: its call is made again in another transaction, and what the caller does with its own is its own affair")
	void callerInATransaction(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		TransactionTemplate transaction = new TransactionTemplate(
				this.one.context.getBean(JdbcTransactionManager.class));
		JdbcClient own = JdbcClient.create(this.pool);
		transaction.executeWithoutResult((status) -> {
			own.sql("insert into once (id) values ('mine')").update();
			this.connections.cut(Place.BEFORE, FENCE);
			assertThat(this.one.wallets.get("a").withdraw("2")).isEqualTo(2);
			status.setRollbackOnly();
		});
		assertThat(BODIES.get("2")).hasValue(2);
		assertThat(ledger("2")).isOne();
		assertThat(this.jdbc.sql("select count(*) from once").query(Long.class).single()).isZero();
		AtomicInteger callers = new AtomicInteger();
		assertThatDatabaseFailure(() -> transaction.executeWithoutResult((status) -> {
			callers.incrementAndGet();
			this.one.wallets.get("a").withdraw("3");
			this.connections.cut(Place.BEFORE, "insert into once");
			own.sql("insert into once (id) values ('mine')").update();
		}));
		assertThat(callers).hasValue(1);
		assertThat(BODIES.get("3")).hasValue(1);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 a call for later and one that only reads, here and from another node, are made again too")
	void asyncAndReadOnly(TestDatabase kind) throws Exception {
		open(kind);
		this.one.wallets.get("a").withdraw("1");
		this.connections.cut(Place.AFTER, FENCE);
		assertThat(this.one.wallets.deferred("a").async((wallet) -> wallet.withdraw("2")).get(20, TimeUnit.SECONDS))
			.isEqualTo(2);
		for (Node node : this.nodes) {
			this.connections.cut(Place.BEFORE, "select count(*) from ledger");
			assertThat(node.wallets.get("a").entries("3")).isEqualTo(2);
		}
		assertThat(BODIES.get("3")).hasValue(4);
		assertThat(this.connections.cuts()).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 R07 what commits by itself, as a move does and a body without a transaction, is not made again, because it may be stored: the caller has the error, and the next call what is stored")
	void withoutATransaction(TestDatabase kind) {
		open(kind);
		this.one.wallets.get("a").deposit("1");
		this.connections.cut(Place.BEFORE, FENCE);
		assertThatDatabaseFailure(() -> this.one.wallets.get("a").deposit("2"));
		assertThat(BODIES.get("2")).hasValue(1);
		assertThat(this.one.wallets.get("a").cents()).isOne();
		this.connections.cut(Place.AFTER, FENCE);
		assertThatDatabaseFailure(() -> this.one.wallets.get("a").deposit("3"));
		assertThat(this.one.wallets.get("a").cents()).isEqualTo(2);
		this.one.orders.get("a").open();
		Until.until("the order to rest", () -> "RESTING".equals(status()));
		// The row says so before the body has left; a move then waits for it, and its
		// caller does not.
		Until.until("its body to have left", () -> this.one.orders.passivate("a"));
		this.connections.cut(Place.BEFORE, FENCE);
		assertThat(catchThrowable(() -> this.one.orders.get("a").paid())).isNotNull();
		assertThat(state()).isEqualTo("open");
		this.connections.cut(Place.AFTER, FENCE);
		assertThat(catchThrowable(() -> this.one.orders.get("a").paid())).isNotNull();
		assertThat(state()).isEqualTo("paid");
		Until.until("the order to go on by itself", () -> "DONE".equals(status()));
	}

	private String state() {
		return this.jdbc.sql("select state from greenroom_row where handler = 'order'").query(String.class).single();
	}

	private String status() {
		return this.jdbc.sql("select status from greenroom_row where handler = 'order'").query(String.class).single();
	}

	@Test
	@DisplayName("N02 PostgreSQL ends the transaction of a frozen node: the call is made again, also if only the commit was left and other nodes have written the row since")
	void endedByPostgres() {
		TestDatabase kind = TestDatabase.POSTGRESQL;
		open(kind,
				"do $$ begin execute format('alter database %I set idle_in_transaction_session_timeout = 100', current_database()); end $$");
		this.one.wallets.get("a").withdraw("1");
		inBody = this::untilEnded;
		assertThat(this.one.wallets.get("a").withdraw("2")).isEqualTo(2);
		assertThat(BODIES.get("2")).hasValue(2);
		beforeCommit = () -> {
			untilEnded();
			this.jdbc.sql("update greenroom_row set version = version + 1").update();
		};
		assertThat(this.one.wallets.get("a").withdraw("3")).isEqualTo(3);
		assertThat(BODIES.get("3")).hasValue(2);
		assertThat(ledger("2")).isOne();
		assertThat(ledger("3")).isOne();
	}

	/** The first time. */
	private void untilEnded() {
		inBody = () -> {
		};
		beforeCommit = () -> {
		};
		Until.until("the database to end the session", () -> this.jdbc.sql(
				"select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'")
			.query(Long.class)
			.single() == 0);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@Timeout(300)
	@DisplayName("N02 N05 R07 connections are cut anywhere, on both nodes, while keys move and rows are written by others: one effect for each answer, at most one for each failure, and no failure where nothing was stored")
	void anywhere(TestDatabase kind) throws Exception {
		open(kind);
		int rounds = Rounds.of((kind == TestDatabase.H2) ? 600 : 200);
		Random random = new Random(Long.getLong("greenroom.seed", 1));
		Map<String, Long> answers = new HashMap<>();
		Map<String, String> keys = new HashMap<>();
		int repeated = 0;
		for (int i = 0; i < rounds; i++) {
			String id = String.valueOf(i);
			String key = "k" + random.nextInt(5);
			keys.put(id, key);
			this.network.owners.put("wallet[" + key + "]", random.nextBoolean() ? "one" : "two");
			Node node = this.nodes.get(random.nextInt(2));
			boolean later = random.nextInt(4) == 0;
			boolean overtaken = random.nextInt(8) == 0;
			AtomicReference<String> where = cutSomewhere(random);
			inBody = () -> {
				if (overtaken && BODIES.get(id).get() == 1) {
					this.jdbc.sql("update greenroom_row set version = version + 1 where key_ = ?").param(key).update();
				}
			};
			try {
				answers.put(id, later
						? node.wallets.deferred(key).async((wallet) -> wallet.withdraw(id)).get(20, TimeUnit.SECONDS)
						: (Long) node.wallets.get(key).withdraw(id));
			}
			catch (Exception failure) {
				assertThat(isOfTheDatabase(failure)).as("round %s, cut at %s: %s", i, where.get(), failure).isTrue();
				assertThat(where.get()).as("round %s, %s", i, failure)
					.doesNotContain(BODY, "BEFORE " + FENCE, "AFTER " + FENCE, "greenroom_call (");
			}
			repeated += (BODIES.containsKey(id) && BODIES.get(id).get() > 1) ? 1 : 0;
		}
		this.connections.heal();
		inBody = () -> {
		};
		assertThat(repeated).isGreaterThan(rounds / 10);
		Map<String, Long> made = new HashMap<>();
		this.jdbc.sql("select account, id from ledger")
			.query((row, number) -> Map.entry(row.getString(2), row.getString(1)))
			.list()
			.forEach((entry) -> {
				assertThat(entry.getValue()).isEqualTo(keys.get(entry.getKey()));
				made.merge(entry.getKey(), 1L, Long::sum);
			});
		assertThat(made.values()).as("made twice").containsOnly(1L);
		assertThat(made.keySet()).as("answered and not made").containsAll(answers.keySet());
		for (String key : List.copyOf(new java.util.TreeSet<>(keys.values()))) {
			long count = made.keySet().stream().filter((id) -> keys.get(id).equals(key)).count();
			assertThat(this.one.wallets.get(key).cents()).as(key).isEqualTo(count);
			List<Long> given = answers.keySet()
				.stream()
				.filter((id) -> keys.get(id).equals(key))
				.map(answers::get)
				.toList();
			assertThat(given).as("answers of " + key).doesNotHaveDuplicates();
		}
	}

	/** Cuts one of the next operations. Returns which, when it is known. */
	private AtomicReference<String> cutSomewhere(Random random) {
		AtomicInteger left = new AtomicInteger(random.nextInt(9));
		Place place = random.nextBoolean() ? Place.BEFORE : Place.AFTER;
		AtomicReference<String> where = new AtomicReference<>("nowhere");
		this.connections.cut(place, (operation) -> {
			if (left.getAndDecrement() != 0) {
				return false;
			}
			where.set(place + " " + operation);
			return true;
		});
		return where;
	}

	private static void assertThatDatabaseFailure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
		Throwable failure = catchThrowable(call);
		assertThat(failure).isNotNull();
		assertThat(isOfTheDatabase(failure)).as(() -> String.valueOf(failure)).isTrue();
	}

	/** As it was thrown, or as it came from another node. */
	private static boolean isOfTheDatabase(Throwable failure) {
		for (Throwable each = failure; each != null; each = each.getCause()) {
			if (each instanceof DataAccessException || each instanceof TransactionException
					|| each instanceof SQLException
					|| (each instanceof io.greenroom.cluster.RemoteFailureException remote
							&& remote.getMessage().contains("The connection was cut"))) {
				return true;
			}
		}
		return false;
	}

	private long ledger(String id) {
		return this.jdbc.sql("select count(*) from ledger where id = ?").param(id).query(Long.class).single();
	}

	/** One application. */
	private final class Node {

		private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

		private final Keyed<String, Wallet> wallets;

		private final Keyed<String, Order> orders;

		Node(String name) {
			TestPropertyValues
				.of("greenroom.cluster.members=127.0.0.1:1,127.0.0.1:2", "greenroom.durable.sweep=1s",
						"greenroom.deferred.timeout=20s")
				.applyTo(this.context);
			this.context.registerBean(Nodes.class, () -> CutCallsTests.this.network.node(name));
			this.context.registerBean("dataSource", DataSource.class, () -> CutCallsTests.this.pool,
					(definition) -> definition.setDestroyMethodName(""));
			this.context.register(DurableClusterTests.Base.class);
			this.context.registerBean("wallet", Wallet.class);
			this.context.registerBean("order", Order.class);
			this.context.refresh();
			CutCallsTests.this.nodes.add(this);
			this.wallets = keyed(Wallet.class);
			this.orders = keyed(Order.class);
		}

		@SuppressWarnings("unchecked")
		private <T> Keyed<String, T> keyed(Class<T> type) {
			return (Keyed<String, T>) this.context
				.getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, String.class, type))
				.getObject();
		}

		Map<String, Long> counts() {
			return this.context.getBean(ClusterHandlers.class).counts();
		}

		void close() {
			this.context.close();
		}

	}

	@DeferredHandler
	@Durable
	static class Wallet {

		private final String id;

		private final JdbcClient jdbc;

		private final Keyed<String, Wallet> wallets;

		@Stored
		private long cents;

		Wallet(@Key String id, JdbcClient jdbc, @Lazy Keyed<String, Wallet> wallets) {
			this.id = id;
			this.jdbc = jdbc;
			this.wallets = wallets;
		}

		private static void begun(String call) {
			BODIES.computeIfAbsent(call, (any) -> new AtomicInteger()).incrementAndGet();
		}

		private long enter(String call) {
			this.jdbc.sql("insert into ledger (account, id) values (?, ?)").params(this.id, call).update();
			this.cents++;
			return this.cents;
		}

		@Transactional
		long withdraw(String call) {
			begun(call);
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					CutCallsTests.beforeCommit.run();
				}

			});
			enter(call);
			inBody.run();
			return this.cents;
		}

		long deposit(String call) {
			begun(call);
			this.cents++;
			return this.cents;
		}

		@Transactional
		void enterTwice(String call) {
			begun(call);
			this.jdbc.sql("insert into once (id) values (?)").param(call).update();
			this.jdbc.sql("insert into once (id) values (?)").param(call).update();
		}

		@Transactional
		void callAway(String call) {
			begun(call);
			enter(call);
			throw new DataAccessResourceFailureException("The stock is away", new SQLException("away", "08006"));
		}

		@Transactional
		void catchAll(String call) {
			begun(call);
			try {
				enter(call);
			}
			catch (DataAccessException cut) {
				throw new IllegalStateException("Not entered");
			}
		}

		@Transactional
		void inParts(String call) {
			begun(call);
			this.wallets.get(this.id).part(call + " part");
			inBody.run();
			enter(call);
		}

		@Transactional(propagation = Propagation.REQUIRES_NEW)
		void part(String call) {
			enter(call);
		}

		@Transactional
		long transfer(String call, String to) {
			begun(call);
			enter(call);
			this.wallets.get(to).withdraw(call + " to");
			return this.cents;
		}

		@ReadOnly
		long cents() {
			return this.cents;
		}

		@ReadOnly
		@Transactional
		long entries(String call) {
			begun(call);
			@Nullable Long count = this.jdbc.sql("select count(*) from ledger").query(Long.class).single();
			return (count != null) ? count : 0;
		}

	}

	@DeferredHandler
	@Durable
	static class Order {

		Order(@Key String id) {
		}

		@State(initial = true, transitionsTo = "paid")
		void open() {
		}

		@State
		void paid() {
		}

	}

}
