package io.greenroom.cluster.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.autoconfigure.ClusterAutoConfiguration;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.durable.Delivery;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.durable.internal.CallStore;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.spring.internal.ClusterHandlers;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.State;
import io.greenroom.testkit.Race;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.MessageFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Durable handlers of three applications in one JVM, over one real database. */
@Timeout(60)
class DurableClusterTests {

	private static final Map<String, AtomicInteger> BODIES = new java.util.concurrent.ConcurrentHashMap<>();

	private static volatile CountDownLatch hold = new CountDownLatch(0);

	private static volatile CountDownLatch held = new CountDownLatch(0);

	private final ThreadedNetwork network = new ThreadedNetwork();

	private final List<Node> nodes = new ArrayList<>();

	private HikariDataSource database;

	private JdbcClient jdbc;

	private void open(TestDatabase kind) {
		BODIES.clear();
		this.database = kind.fresh();
		this.jdbc = JdbcClient.create(this.database);
		this.jdbc.sql("create table ledger (account varchar(20), amount bigint)").update();
	}

	@AfterEach
	void close() {
		hold.countDown();
		this.network.loses = (from) -> false;
		this.nodes.reversed().forEach(Node::close);
		this.network.close();
		if (this.database != null) {
			this.database.close();
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N05 the answer of a durable call is lost and its node dies: the resend gets the stored answer, and the update was made once")
	void answerLost(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		new Node("two");
		new Node("three");
		this.network.owners.put("wallet[a]", "two");
		assertThat(one.wallets.get("a").deposit(5)).isEqualTo(5);
		loseAnswersOfTwoAndMove("wallet[a]", 2);
		assertThat(one.wallets.get("a").deposit(7)).as("stored without a transaction").isEqualTo(12);
		assertThat(BODIES.get("deposit a")).hasValue(2);
		assertThat(one.wallets.get("a").balance()).isEqualTo(12);
		assertThat(one.counts().get("resent")).isPositive();
		assertThat(this.nodes.get(2).counts().get("stored")).isOne();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N05 the answer of a @Transactional call is lost: effect in the user's table once")
	void answerOfATransactionLost(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		new Node("two");
		new Node("three");
		this.network.owners.put("wallet[a]", "two");
		loseAnswersOfTwoAndMove("wallet[a]", 1);
		assertThat(one.wallets.get("a").withdraw(7)).isEqualTo(-7);
		assertThat(ledger()).containsExactly(7L);
		assertThat(BODIES.get("withdraw a")).hasValue(1);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N05 N10 a @Transactional body throws and its transaction is committed all the same, and the answer is lost: effect once, and the exception is the one that was thrown")
	void answerOfACommittedFailureLost(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		new Node("two");
		new Node("three");
		this.network.owners.put("wallet[b]", "two");
		loseAnswersOfTwoAndMove("wallet[b]", 1);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> one.wallets.get("b").withdrawChecked(9))
			.withMessage("no paper");
		assertThat(ledger()).containsExactly(9L);
		assertThat(BODIES.get("withdrawChecked b")).hasValue(1);
		assertThat(one.wallets.get("b").balance()).as("what it had changed is taken back").isZero();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N05 the answer of a move is lost: the resend is answered and not rejected, and the machine has moved once")
	void answerOfAMoveLost(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		new Node("two");
		new Node("three");
		this.network.owners.put("order[a]", "two");
		one.orders.get("a").open(3);
		loseAnswersOfTwoAndMove("order[a]", 2);
		one.orders.get("a").paid();
		assertThat(this.jdbc.sql("select state from greenroom_row where key_ = 'a'").query(String.class).single())
			.isEqualTo("paid");
		assertThat(this.nodes.get(2).counts().get("stored")).isOne();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N05 the answer of a move that waits for a body is lost: the move is stored with its call when the body has ended, and made once")
	void answerOfAWaitingMoveLost(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		new Node("two");
		new Node("three");
		hold = new CountDownLatch(1);
		held = new CountDownLatch(1);
		this.network.owners.put("order[a]", "two");
		one.orders.get("a").open(Order.WAITING);
		Until.until("the body to wait", () -> held.getCount() == 0);
		loseAnswersOfTwoAndMove("order[a]", 2);
		one.orders.get("a").paid();
		assertThat(this.jdbc.sql("select state from greenroom_row where key_ = 'a'").query(String.class).single())
			.isEqualTo("paid");
		assertThat(this.nodes.get(2).counts().get("stored")).isOne();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 N05 a first sending that comes late to a node that knows nothing of it writes nothing: its id is there already")
	void lateFirstSending(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		Node two = new Node("two");
		this.network.owners.put("wallet[a]", "two");
		MessageFormat format = new MessageFormat(1 << 20);
		Envelope call = new Envelope("11111111-2222-3333-4444-555555555555", 1, "wallet", "a", "deposit(long)",
				"{\"0\":5}", Envelope.Mode.ANSWER, Duration.ofSeconds(20), Map.of(), List.of());
		two.receives("one", format.write(call, System.nanoTime()));
		Until.until("the first to be stored", () -> calls() == 1);
		this.network.owners.put("wallet[a]", "one");
		one.receives("two", format.write(call, System.nanoTime()));
		Until.until("the second to run", () -> BODIES.get("deposit a").get() == 2);
		Until.until("it to be rejected", () -> one.counts().get("stale") == 1);
		assertThat(one.wallets.get("a").balance()).isEqualTo(5);
		assertThat(calls()).isOne();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 somebody else has written the row meanwhile: a local call and a remote one are made again on what is stored, and their callers hear nothing of it")
	void stale(TestDatabase kind) throws Exception {
		open(kind);
		Node one = new Node("one");
		Node two = new Node("two");
		this.network.owners.put("wallet[a]", "one");
		assertThat(one.wallets.get("a").deposit(1)).isOne();
		this.jdbc.sql("update greenroom_row set version = version + 1, stored = '{\"cents\":100}'").update();
		assertThat(one.wallets.get("a").deposit(1)).as("local").isEqualTo(101);
		this.jdbc.sql("update greenroom_row set version = version + 1, stored = '{\"cents\":200}'").update();
		assertThat(two.wallets.get("a").deposit(1)).as("remote").isEqualTo(201);
		this.jdbc.sql("update greenroom_row set version = version + 1, stored = '{\"cents\":300}'").update();
		assertThat(one.wallets.deferred("a").async((wallet) -> wallet.withdraw(1)).get(10, TimeUnit.SECONDS))
			.isEqualTo(299);
		assertThat(ledger()).containsExactly(1L);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N02 R06 several moves at once find that somebody else has written the row: all are made again, one moves, and the table rejects the others")
	void staleMoves(TestDatabase kind) throws Exception {
		open(kind);
		Node one = new Node("one");
		Node two = new Node("two");
		Race.run(Rounds.of(30), (round) -> {
			String key = "stale" + round;
			this.network.owners.put("order[" + key + "]", "one");
			one.orders.get(key).open(3);
			Until.until("it to rest", () -> status(key).equals("RESTING") && !one.isInBody("order[" + key + "]"));
			this.jdbc.sql("update greenroom_row set version = version + 1 where key_ = ?").param(key).update();
			Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
			Race.Actor local = () -> move(one, key, failures);
			Race.Actor remote = () -> move(two, key, failures);
			return new Race.Round(List.of(local, local, local, remote, remote), () -> assertThat(failures).hasSize(4)
				.allSatisfy((failure) -> assertThat(failure).isInstanceOf(IllegalTransitionException.class)));
		});
	}

	private String status(String key) {
		return this.jdbc.sql("select status from greenroom_row where key_ = ?").param(key).query(String.class).single();
	}

	private static void move(Node node, String key, Queue<Throwable> failures) {
		try {
			node.orders.get(key).paid();
		}
		catch (Throwable failure) {
			failures.add(failure);
		}
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N06 N11 oneway calls that wait in a mailbox when their key moves are made by its next node, from here and from elsewhere")
	void onewayMoves(TestDatabase kind) throws Exception {
		open(kind);
		Node one = new Node("one");
		Node two = new Node("two");
		this.network.owners.put("wallet[a]", "two");
		hold = new CountDownLatch(1);
		held = new CountDownLatch(1);
		CompletableFuture<Long> first = two.wallets.deferred("a").async(Wallet::slow);
		assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
		one.wallets.get("a").depositLater(10);
		two.wallets.get("a").depositLater(100);
		this.network.owners.put("wallet[a]", "one");
		hold.countDown();
		assertThat(first.get(10, TimeUnit.SECONDS)).isOne();
		Until.until("both to be made", () -> one.wallets.get("a").balance() == 111);
		Until.until("its old node to let the instance go", () -> !two.handler().isActive("a"));
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N06 a oneway call for after the commit goes to another node when its caller's transaction has committed, and not at all when that is rolled back")
	void afterCommit(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		new Node("two");
		this.network.owners.put("wallet[a]", "two");
		TransactionTemplate transaction = new TransactionTemplate(one.context.getBean(JdbcTransactionManager.class));
		transaction.executeWithoutResult((status) -> {
			one.wallets.get("a").depositAfterCommit(1);
			status.setRollbackOnly();
		});
		transaction.executeWithoutResult((status) -> {
			one.wallets.get("a").depositAfterCommit(10);
			assertThat(one.counts().get("sent")).as("not yet").isZero();
		});
		Until.until("the call to be made", () -> one.wallets.get("a").balance() == 10);
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("O05 N11 a stored call is delivered by the node that has its key, whichever node it was made on, and at once")
	void outbox(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		Node two = new Node("two");
		for (int i = 0; i < 20; i++) {
			this.network.owners.put("mail[" + i + "]", "two");
			one.mails.get(String.valueOf(i)).send(i);
		}
		Until.until("all to be delivered",
				() -> this.jdbc.sql("select count(*) from greenroom_outbox").query(Long.class).single() == 0);
		assertThat(ledger()).hasSize(20);
		assertThat(this.jdbc.sql("select distinct account from ledger").query(String.class).list())
			.containsExactly("two");
		assertThat(two.counts().get("rejected")).isZero();
	}

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("N05 N14 answers go when nobody can ask for them any more; without the table the start says how to make it")
	void tables(TestDatabase kind) {
		open(kind);
		Node one = new Node("one");
		new Node("two");
		this.network.owners.put("wallet[a]", "two");
		one.wallets.get("a").deposit(1);
		one.wallets.get("a").deposit(1);
		assertThat(calls()).isEqualTo(2);
		CallStore store = one.context.getBean(CallStore.class);
		assertThat(store.forget()).isZero();
		this.jdbc.sql("update greenroom_call set until_ = 1 where answer = 'R{\"value\":1}'").update();
		assertThat(store.forget()).isOne();
		assertThat(calls()).isOne();
		this.jdbc.sql("drop table greenroom_call").update();
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new Node("three", "greenroom.durable.schema=validate"))
			.havingRootCause()
			.withMessageMatching("(?s).*greenroom_call.*");
		this.network.remove("three");
	}

	private long calls() {
		return this.jdbc.sql("select count(*) from greenroom_call").query(Long.class).single();
	}

	private List<Long> ledger() {
		return this.jdbc.sql("select amount from ledger").query(Long.class).list();
	}

	/** What node two says is lost; when it has stored so many calls, it dies. */
	private void loseAnswersOfTwoAndMove(String target, int calls) {
		this.network.loses = (from) -> from.equals("two");
		moveWhenStored(target, "two", "three", calls);
	}

	private CompletableFuture<?> moveWhenStored(String target, String from, String to, int calls) {
		return CompletableFuture.runAsync(() -> {
			Until.until("the call to be stored", () -> calls() == calls);
			this.network.owners.put(target, to);
			this.network.kill(from);
		}, (task) -> Thread.ofPlatform().daemon().start(task));
	}

	/** One application. */
	private final class Node {

		private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

		private final Keyed<String, Wallet> wallets;

		private final Keyed<String, Order> orders;

		private final Keyed<String, Mail> mails;

		private final ThreadedNetwork.Node port;

		Node(String name, String... more) {
			this.port = DurableClusterTests.this.network.node(name);
			TestPropertyValues.of(more)
				.and("greenroom.cluster.members=127.0.0.1:1,127.0.0.1:2,127.0.0.1:3", "greenroom.durable.sweep=30s",
						"node=" + name, "greenroom.deferred.timeout=20s")
				.applyTo(this.context);
			this.context.registerBean(Nodes.class, () -> this.port);
			this.context.registerBean("dataSource", DataSource.class, () -> DurableClusterTests.this.database,
					(definition) -> definition.setDestroyMethodName(""));
			this.context.register(Base.class);
			this.context.registerBean("wallet", Wallet.class);
			this.context.registerBean("order", Order.class);
			this.context.registerBean("mail", Mail.class);
			this.context.refresh();
			DurableClusterTests.this.nodes.add(this);
			this.wallets = keyed(Wallet.class);
			this.orders = keyed(Order.class);
			this.mails = keyed(Mail.class);
		}

		@SuppressWarnings("unchecked")
		private <T> Keyed<String, T> keyed(Class<T> type) {
			return (Keyed<String, T>) this.context
				.getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, String.class, type))
				.getObject();
		}

		KeyedHandler<String, ?> handler() {
			return (KeyedHandler<String, ?>) this.wallets;
		}

		Map<String, Long> counts() {
			return this.context.getBean(ClusterHandlers.class).counts();
		}

		boolean isInBody(String machine) {
			return SchedulerAccess.get()
				.living(this.context.getBean(GreenScheduler.class))
				.stream()
				.anyMatch((thread) -> thread.name().equals(machine));
		}

		void receives(String from, byte[] message) {
			this.port.events().received(from, message);
		}

		void close() {
			this.context.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			StateAutoConfiguration.class, DurableAutoConfiguration.class, ClusterAutoConfiguration.class })
	static class Base {

		@Bean
		JdbcTransactionManager transactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

		@Bean
		JdbcClient jdbcClient(DataSource dataSource) {
			return JdbcClient.create(dataSource);
		}

	}

	@DeferredHandler
	@Durable
	static class Wallet {

		private final String id;

		private final JdbcClient jdbc;

		@Stored
		private long cents;

		Wallet(@Key String id, JdbcClient jdbc) {
			this.id = id;
			this.jdbc = jdbc;
		}

		private void begun(String what) {
			BODIES.computeIfAbsent(what + " " + this.id, (any) -> new AtomicInteger()).incrementAndGet();
		}

		long deposit(long amount) {
			begun("deposit");
			this.cents += amount;
			return this.cents;
		}

		long slow() {
			held.countDown();
			try {
				hold.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return deposit(1);
		}

		@Oneway
		void depositLater(long amount) {
			deposit(amount);
		}

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void depositAfterCommit(long amount) {
			deposit(amount);
		}

		@Transactional
		long withdraw(long amount) {
			begun("withdraw");
			enter(amount);
			this.cents -= amount;
			return this.cents;
		}

		/** The transaction is committed all the same. */
		@Transactional
		long withdrawChecked(long amount) throws IOException {
			begun("withdrawChecked");
			enter(amount);
			deposit(-amount);
			throw new IOException("no paper");
		}

		private void enter(long amount) {
			this.jdbc.sql("insert into ledger (account, amount) values (?, ?)").params(this.id, amount).update();
		}

		@io.greenroom.deferred.ReadOnly
		long balance() {
			return this.cents;
		}

	}

	@DeferredHandler
	@Durable
	static class Order {

		static final int WAITING = 99;

		@Stored
		private int seats;

		Order(@Key String id) {
		}

		@State(initial = true, transitionsTo = "paid")
		void open(int seats) {
			this.seats = seats;
			if (seats == WAITING) {
				held.countDown();
				try {
					hold.await();
				}
				catch (InterruptedException moved) {
					Thread.currentThread().interrupt();
				}
			}
		}

		@State
		void paid() {
			this.seats++;
		}

	}

	@DeferredHandler
	static class Mail {

		private final JdbcClient jdbc;

		private final org.springframework.core.env.Environment environment;

		Mail(@Key String id, JdbcClient jdbc, org.springframework.core.env.Environment environment) {
			this.jdbc = jdbc;
			this.environment = environment;
		}

		@Oneway(durable = true)
		@Transactional
		void send(int number) {
			assertThat(Delivery.current()).isNotNull();
			this.jdbc.sql("insert into ledger (account, amount) values (?, ?)")
				.params(this.environment.getProperty("node"), number)
				.update();
		}

	}

}
