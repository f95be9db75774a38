package io.greenroom.durable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.keyed.Keyed;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Stored calls and dead letters, on real databases. */
@ParameterizedClass
@MethodSource("io.greenroom.testkit.TestDatabase#all")
@Timeout(60)
class OutboxTests {

	private static final String[] QUICK = { "greenroom.outbox.backoff=20ms", "greenroom.outbox.attempts=3",
			"greenroom.durable.sweep=100ms" };

	/** One application for all tests of a database; each test has a lane of its own. */
	private static final Map<TestDatabase, Application> APPLICATIONS = new EnumMap<>(TestDatabase.class);

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private final HikariDataSource pool;

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final Post.Mails mails;

	private final Keyed<String, Post.Parcels> parcels;

	private final Keyed<String, Post.Tally> tallies;

	private final DeadLetters letters;

	private final String what = "w" + NUMBERS.incrementAndGet();

	OutboxTests(TestDatabase database) {
		Application application = APPLICATIONS.computeIfAbsent(database, Application::start);
		this.pool = application.pool;
		this.jdbc = JdbcClient.create(this.pool);
		this.transaction = new TransactionTemplate(application.context.bean(JdbcTransactionManager.class));
		this.mails = application.context.bean(Post.Mails.class);
		this.parcels = application.context.keyed(String.class, Post.Parcels.class);
		this.tallies = application.context.keyed(String.class, Post.Tally.class);
		this.letters = application.context.bean(DeadLetters.class);
	}

	@AfterAll
	static void end() {
		APPLICATIONS.values().forEach((application) -> {
			application.context.close();
			application.pool.close();
		});
		APPLICATIONS.clear();
	}

	private List<Integer> effects() {
		return this.jdbc.sql("select number from effect where what = ?").param(this.what).query(Integer.class).list();
	}

	private long stored(String key) {
		return this.jdbc.sql("select count(*) from greenroom_outbox where key_ = ?")
			.param(key)
			.query(Long.class)
			.single();
	}

	private void delivered(String... seen) {
		Until.until("what was sent to arrive", () -> Post.seen(this.what).size() >= seen.length);
		assertThat(Post.seen(this.what)).containsExactly(seen);
	}

	@Test
	@DisplayName("O03 called without a transaction, a call is stored when it returns, and delivered once")
	void withoutTransaction() throws Exception {
		this.mails.plain(this.what, 1);
		delivered("1#1");
		this.parcels.get(this.what).plain(2);
		delivered("1#1", "2#1");
		this.parcels.deferred(this.what).oneway().plain(3);
		delivered("1#1", "2#1", "3#1");
		this.parcels.deferred(this.what).async((parcel) -> {
			call(parcel, 4);
			return null;
		}).join();
		delivered("1#1", "2#1", "3#1", "4#1");
		Until.until("nothing to be left", () -> stored(this.what) == 0);
	}

	private void send(int number) {
		try {
			this.parcels.get(this.what).booked(number);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void call(Post.Parcels parcel, int number) {
		try {
			parcel.plain(number);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@DisplayName("O02 the caller's transaction or savepoint rolls back: no row, no call; else they are delivered in order after the commit")
	void inTransaction() {
		this.transaction.executeWithoutResult((status) -> {
			send(1);
			status.setRollbackOnly();
		});
		assertThat(stored(this.what)).isZero();
		this.transaction.executeWithoutResult((status) -> {
			send(2);
			Object savepoint = status.createSavepoint();
			send(3);
			status.rollbackToSavepoint(savepoint);
			send(4);
			assertThat(Post.seen(this.what)).isEmpty();
		});
		delivered("2#1", "4#1");
		Until.until("both to be booked", () -> effects().equals(List.of(2, 4)));
		assertThat(stored(this.what)).isZero();
	}

	@Test
	@DisplayName("O01 a transactional body's effect is there once, with its call gone in the same transaction; the stored fields of a durable handler too")
	void exactlyOnce() throws Exception {
		this.tallies.get(this.what).add(5);
		this.tallies.get(this.what).add(6);
		Until.until("both to be added", () -> this.tallies.get(this.what).sum() == 11);
		assertThat(stored(this.what)).isZero();
		assertThatIllegalStateException().isThrownBy(() -> this.tallies.get(this.what).send(1, true));
		assertThat(this.tallies.get(this.what).send(2, false)).isEqualTo(12);
		Until.until("the parcel to be booked", () -> effects().equals(List.of(2)));
	}

	@Test
	@DisplayName("O01 another node has delivered the call meanwhile: the transaction of the late body is rolled back")
	void lateBody() throws Exception {
		// By another connection: within the body's own transaction it would be its own.
		CountDownLatch removed = new CountDownLatch(1);
		Post.ACTS.put(this.what, (number) -> {
			Thread other = Thread.ofPlatform().start(() -> {
				this.jdbc.sql("delete from greenroom_outbox where key_ = ?").param(this.what).update();
				removed.countDown();
			});
			other.join();
		});
		send(1);
		assertThat(removed.await(30, TimeUnit.SECONDS)).isTrue();
		Post.ACTS.remove(this.what);
		send(2);
		Until.until("the next to be booked", () -> effects().contains(2));
		assertThat(effects()).containsExactly(2);
	}

	@Test
	@DisplayName("O04 a poison call is tried so often, with growing pauses and its lane waiting, and is dead with its exception; skip: the lane goes on in order")
	void poison() throws Exception {
		Post.ACTS.put(this.what, (number) -> {
			if (number == 1) {
				throw new IllegalStateException("poison", new IllegalArgumentException("of " + this.what));
			}
		});
		sendAll(1, 2, 3);
		delivered("1#1", "1#2", "1#3", "2#1", "3#1");
		List<DeadLetter> dead = letter();
		assertThat(dead).hasSize(1);
		DeadLetter letter = dead.getFirst();
		assertThat(letter.handler()).isEqualTo("parcels");
		assertThat(letter.key()).isEqualTo(this.what);
		assertThat(letter.method()).isEqualTo("booked");
		assertThat(letter.arguments()).isEqualTo("{\"0\":1}");
		assertThat(letter.attempts()).isEqualTo(3);
		assertThat(letter.halts()).isFalse();
		assertThat(letter.error()).contains("IllegalStateException: poison",
				"IllegalArgumentException: of " + this.what, "\tat ");
		assertThat(letter.died()).isAfterOrEqualTo(letter.submitted());
		assertThat(this.letters.counts()).containsKey("parcels");
		Until.until("the others to be booked", () -> effects().equals(List.of(2, 3)));
	}

	private void sendAll(int... numbers) {
		this.transaction.executeWithoutResult((status) -> {
			for (int number : numbers) {
				send(number);
			}
		});
	}

	private List<DeadLetter> letter() {
		return this.letters.list(1000).stream().filter((letter) -> this.what.equals(letter.key())).toList();
	}

	@Test
	@DisplayName("O05 replay: at the end of its lane, attempts from one, once, under the same id; discard: gone; each once")
	void replayAndDiscard() throws Exception {
		AtomicBoolean poison = new AtomicBoolean(true);
		CountDownLatch held = new CountDownLatch(1);
		Post.ACTS.put(this.what, (number) -> {
			if (number < 3 && poison.get()) {
				throw new IllegalStateException("poison");
			}
			if (number == 3) {
				held.await();
			}
		});
		sendAll(1, 2, 3, 4);
		Until.until("two to die", () -> letter().size() == 2);
		poison.set(false);
		String id = letter().getFirst().id();
		assertThat(this.letters.find(id)).isPresent();
		assertThat(this.letters.replay(id)).isTrue();
		assertThat(this.letters.replay(id)).isFalse();
		assertThat(this.letters.discard(letter().getFirst().id())).isTrue();
		assertThat(letter()).isEmpty();
		assertThat(this.letters.discard(id)).isFalse();
		held.countDown();
		delivered("1#1", "1#2", "1#3", "2#1", "2#2", "2#3", "3#1", "4#1", "1#1");
		Until.until("all to be booked", () -> effects().equals(List.of(3, 4, 1)));
		assertThat(this.jdbc.sql("select delivery from effect where what = ? and number = 1")
			.param(this.what)
			.query(String.class)
			.single()).isEqualTo(id);
		assertThatIllegalArgumentException().isThrownBy(() -> this.letters.list(-1));
	}

	@Test
	@DisplayName("O05 a replay that is rolled back has not been")
	void replayRolledBack() throws Exception {
		AtomicBoolean poison = new AtomicBoolean(true);
		Post.ACTS.put(this.what, (number) -> {
			if (poison.get()) {
				throw new IllegalStateException("poison");
			}
		});
		send(1);
		Until.until("it to die", () -> letter().size() == 1);
		poison.set(false);
		String id = letter().getFirst().id();
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.letters.replay(id)).isTrue();
			status.setRollbackOnly();
		});
		assertThat(letter()).hasSize(1);
		assertThat(stored(this.what)).isZero();
		this.transaction.executeWithoutResult((status) -> this.letters.replay(id));
		Until.until("it to be booked", () -> effects().equals(List.of(1)));
	}

	@Test
	@DisplayName("O04 a transaction that is rolled back without an exception, or whose body throws, has failed; the effect is there once")
	void quietlyUndone() throws Exception {
		this.mails.quietlyUndone(this.what, 7);
		delivered("7#1", "7#2");
		Until.until("it to be booked", () -> effects().equals(List.of(7)));
	}

	@Test
	@DisplayName("O06 lanes whose bodies block don't keep the others waiting")
	void blocked() throws Exception {
		CountDownLatch held = new CountDownLatch(1);
		AtomicInteger blocking = new AtomicInteger();
		for (int i = 0; i < 12; i++) {
			String key = this.what + "-blocked" + i;
			Post.ACTS.put(key, (number) -> {
				blocking.incrementAndGet();
				held.await();
			});
			this.parcels.get(key).plain(1);
		}
		Until.until("all to block", () -> blocking.get() == 12);
		long start = System.nanoTime();
		for (int i = 0; i < 20; i++) {
			this.parcels.get(this.what).plain(i);
		}
		Until.until("another lane to be delivered", () -> Post.seen(this.what).size() == 20);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
		held.countDown();
		Until.until("all to end",
				() -> this.jdbc.sql("select count(*) from greenroom_outbox where key_ like ?")
					.param(this.what + "-%")
					.query(Long.class)
					.single() == 0);
	}

	@Test
	@DisplayName("O07 a method that is gone and arguments that no longer fit: dead at once with that reason, not lost; the lane goes on")
	void noLongerFits() throws Exception {
		this.jdbc.sql("delete from greenroom_lane where key_ = ?").param(this.what).update();
		for (String[] call : new String[][] { { "shipped", "{\"0\":1}" }, { "plain", "{\"0\":\"many\"}" },
				{ "plain", "{\"0\":1,\"1\":2}" }, { "plain", "{}" }, { "plain", "{\"0\":null}" }, { "plain", "no" },
				{ "getClass", "{}" }, { "plain", "{\"0\":8}" } }) {
			this.jdbc.sql(
					"insert into greenroom_outbox (handler, key_, method, args, call_id, submitted_at) values ('parcels', ?, ?, ?, ?, 0)")
				.params(this.what, call[0], call[1], java.util.UUID.randomUUID().toString())
				.update();
		}
		delivered("8#1");
		assertThat(letter()).hasSize(7).allSatisfy((letter) -> assertThat(letter.attempts()).isEqualTo(1));
		assertThat(letter()).extracting(DeadLetter::error)
			.anySatisfy((error) -> assertThat(error).contains("no durable method 'shipped'; it has [booked, plain]"))
			.anySatisfy((error) -> assertThat(error).contains("it has 1 parameters now, and was called with 2"));
	}

	@Test
	@DisplayName("O08 durable calls never fill the mailbox: one of a lane at a time, and ordinary ones pass")
	void oneOfALane() throws Exception {
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch begun = new CountDownLatch(1);
		Post.ACTS.put(this.what, (number) -> {
			begun.countDown();
			held.await();
		});
		this.transaction.executeWithoutResult((status) -> {
			for (int i = 0; i < 200; i++) {
				plain(i);
			}
		});
		assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
		this.mails.ordinary(this.what + "o", 1);
		assertThat(Post.seen(this.what)).hasSize(1);
		Post.ACTS.remove(this.what);
		held.countDown();
		Until.until("the ordinary one to run", () -> Post.seen(this.what + "o").size() == 1);
		Until.until("all to arrive", () -> Post.seen(this.what).size() == 200);
		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			expected.add(i + "#1");
		}
		assertThat(Post.seen(this.what)).isEqualTo(expected);
	}

	private void plain(int number) {
		try {
			this.mails.plain(this.what, number);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@DisplayName("O10 the logging context of the caller is in the body, and not that of somebody before")
	void context() throws Exception {
		MDC.put("who", "ann");
		this.mails.context(this.what);
		MDC.clear();
		this.mails.context(this.what);
		Until.until("both to arrive", () -> Post.seen(this.what).size() == 4);
		assertThat(Post.seen(this.what)).containsExactly("ann", "0#1", "null", "0#1");
	}

	@Test
	@DisplayName("O03 an argument that can't be stored, a read-only transaction: the caller gets the error, and nothing is stored")
	void notStored() throws Exception {
		TransactionTemplate readOnly = new TransactionTemplate(this.transaction.getTransactionManager());
		readOnly.setReadOnly(true);
		assertThatIllegalStateException().isThrownBy(() -> readOnly.executeWithoutResult((status) -> send(1)))
			.withMessageContaining("remove readOnly = true from the caller's @Transactional");
		assertThat(stored(this.what)).isZero();
		assertThatIllegalStateException().isThrownBy(Delivery::current)
			.withMessageContaining("is not delivering a durable oneway call");
	}

	@Test
	@DisplayName("O01 two nodes on one database share the lanes: each call once, in order in its lane, one at a time; O11 what a node has left the other one delivers")
	void twoNodes() throws Exception {
		List<String> keys = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			keys.add(this.what + "-" + i);
		}
		Map<String, AtomicInteger> inside = new java.util.concurrent.ConcurrentHashMap<>();
		AtomicInteger crowded = new AtomicInteger();
		keys.forEach((key) -> Post.ACTS.put(key, (number) -> {
			AtomicInteger bodies = inside.computeIfAbsent(key, (any) -> new AtomicInteger());
			if (bodies.incrementAndGet() > 1) {
				crowded.incrementAndGet();
			}
			Thread.yield();
			bodies.decrementAndGet();
		}));
		try (DurableContext other = new DurableContext(this.pool, QUICK, Post.Parcels.class)) {
			Keyed<String, Post.Parcels> others = other.keyed(String.class, Post.Parcels.class);
			for (int number = 0; number < 30; number++) {
				for (String key : keys) {
					((number % 2 == 0) ? others : this.parcels).get(key).plain(number);
				}
			}
		}
		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			expected.add(i + "#1");
		}
		for (String key : keys) {
			Until.until("all to arrive", () -> Post.seen(key).size() >= 30);
			assertThat(Post.seen(key)).isEqualTo(expected);
		}
		assertThat(crowded.get()).isZero();
		Until.until("no lane to be left",
				() -> this.jdbc.sql("select count(*) from greenroom_lane where key_ like ?")
					.param(this.what + "-%")
					.query(Long.class)
					.single() == 0);
	}

	/** An application that stays. */
	private record Application(HikariDataSource pool, DurableContext context) {

		static Application start(TestDatabase database) {
			HikariDataSource pool = database.fresh();
			JdbcClient.create(pool)
				.sql("create table effect (what varchar(60), number int, delivery varchar(60))")
				.update();
			return new Application(pool,
					new DurableContext(pool, QUICK, Post.Mails.class, Post.Parcels.class, Post.Tally.class));
		}

	}

}
