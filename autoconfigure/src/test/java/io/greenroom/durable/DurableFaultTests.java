package io.greenroom.durable;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.StrandedKey;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Values whose code throws errors, calls at odd moments, and settings at their limits.
 */
@ParameterizedClass
@MethodSource("io.greenroom.testkit.TestDatabase#all")
@Timeout(60)
class DurableFaultTests {

	private final HikariDataSource pool;

	DurableFaultTests(TestDatabase database) {
		this.pool = database.fresh();
	}

	@AfterEach
	void end() {
		this.pool.close();
		Mails.seen.clear();
		Letter.strict = false;
	}

	@Test
	@DisplayName("R08 F01 a stored value whose getter throws an Error: the caller gets the body's own exception or one that names field and key, the fields are as before, and the key goes on")
	void spoiltFields() {
		try (DurableContext context = DurableContext.of(this.pool, Chest.class)) {
			Chest chest = context.keyed(String.class, Chest.class).get("ann");
			chest.add();
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(chest::spoilAndThrow)
				.withMessage("the body's own");
			assertThat(chest.told()).isEqualTo("1, spoilt false");
			assertThatIllegalStateException().isThrownBy(chest::spoil)
				.withMessageContaining("chest[ann]")
				.withMessageContaining("'box'")
				.withMessageContaining("AssertionError");
			assertThat(chest.told()).isEqualTo("1, spoilt false");
			assertThat(chest.add()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "throws", "returns", "moves" })
	@DisplayName("R05 F01 the same in the body of a state: the machine has failed, its row says so, and it starts anew")
	void spoiltMachines(String how) {
		try (DurableContext context = DurableContext.of(this.pool, Parade.class)) {
			Keyed<String, Parade> parades = context.keyed(String.class, Parade.class);
			parades.get("ann").marching(how);
			Until.until("the failure", () -> !parades.stranded(1).isEmpty());
			// The row is written before the machine has failed.
			Until.until("the machine to fail", () -> !context.bean(StateMachines.class).failed().isEmpty());
			assertThat(parades.stranded(1)).extracting(StrandedKey::key).containsExactly("ann");
			assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> parades.get("ann").resting())
				.withMessageContaining("has failed in 'marching'");
			parades.get("ann").marching("well");
			Until.until("its rest", () -> parades.stranded(1).isEmpty());
			assertThat(parades.get("ann").told()).isEqualTo("1, spoilt false");
		}
	}

	@Test
	@DisplayName("O07 F01 an argument whose constructor throws an Error is not read back: the call is dead at once with that reason, and its lane goes on")
	void unreadableArguments() {
		try (DurableContext context = DurableContext.of(this.pool, Mails.class)) {
			Mails mails = context.bean(Mails.class);
			new TransactionTemplate(context.bean(JdbcTransactionManager.class)).executeWithoutResult((status) -> {
				mails.send(new Letter(1));
				mails.send(new Letter(-1));
				mails.send(new Letter(3));
				Letter.strict = true;
			});
			Until.until("the last", () -> Mails.seen.contains(3));
			List<DeadLetter> dead = context.bean(DeadLetters.class).list("mails", 10);
			assertThat(dead).hasSize(1);
			assertThat(dead.getFirst().error()).contains("'0'", "AssertionError", "unreadable");
			assertThat(Mails.seen).containsExactly(1, 3);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("O03 a call that is made while listeners are told of a commit is stored when they have been told, whether or not connections commit by themselves")
	void afterTheCommit(boolean autoCommit) {
		try (HikariDataSource other = TestDatabase.pool(this.pool.getJdbcUrl(), 3)) {
			other.setAutoCommit(autoCommit);
			afterTheCommit(other);
		}
	}

	private static void afterTheCommit(HikariDataSource pool) {
		try (DurableContext context = new DurableContext(pool, new String[] { "greenroom.durable.sweep=1h" },
				Mails.class)) {
			Mails mails = context.bean(Mails.class);
			for (int i = 0; i < 3; i++) {
				int number = i;
				new TransactionTemplate(context.bean(JdbcTransactionManager.class)).executeWithoutResult((status) -> {
					if (number == 1) {
						// The transaction has a call of its own, too.
						mails.send(new Letter(10));
					}
					tell(() -> mails.send(new Letter(number)));
				});
			}
			Until.until("all to arrive", () -> Mails.seen.size() == 4);
			assertThat(Mails.seen).containsExactlyInAnyOrder(0, 10, 1, 2);
		}
	}

	private static void tell(Runnable listener) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				listener.run();
			}

		});
	}

	@Test
	@DisplayName("R12 N03 an application starts while a transaction elsewhere has written to each table and does not end, as that of a frozen node, and nobody's writes wait for the start; a missing index is made")
	void startsBesideOpenTransactions() throws Exception {
		DurableContext.of(this.pool, Chest.class, Mails.class).close();
		try (Connection open = this.pool.getConnection(); Statement statement = open.createStatement()) {
			open.setAutoCommit(false);
			statement
				.executeUpdate("insert into greenroom_row (handler, key_, version, shape) values ('x', 'y', 1, 1)");
			statement.executeUpdate(
					"insert into greenroom_lane (handler, key_, until_, head, attempts) values ('x', 'y', 0, 0, 0)");
			try (DurableContext context = DurableContext.of(this.pool, Chest.class, Mails.class)) {
				assertThat(context.keyed(String.class, Chest.class).get("ann").add()).isEqualTo(1);
			}
			open.rollback();
		}
		if (this.pool.getJdbcUrl().contains("postgresql")) {
			JdbcClient jdbc = JdbcClient.create(this.pool);
			jdbc.sql("drop index greenroom_row_node").update();
			DurableContext.of(this.pool, Chest.class).close();
			assertThat(jdbc.sql("select count(*) from pg_indexes where indexname = 'greenroom_row_node'")
				.query(Long.class)
				.single()).isEqualTo(1);
		}
	}

	@Test
	@DisplayName("F06 the longest times that are accepted work: a lease, a sweep and a timeout of 999999 days")
	void longTimes() {
		try (DurableContext context = new DurableContext(this.pool,
				new String[] { "greenroom.outbox.lease=999999d", "greenroom.durable.sweep=999999d",
						"greenroom.deferred.timeout=999999d", "greenroom.durable.node-timeout=999999d" },
				Mails.class, Chest.class)) {
			context.bean(Mails.class).send(new Letter(1));
			Until.until("it to arrive", () -> Mails.seen.contains(1));
			Keyed<String, Chest> chests = context.keyed(String.class, Chest.class);
			assertThat(chests.get("ann").add()).isEqualTo(1);
			Until.until("the instance to go", () -> chests.passivate("ann"));
			assertThat(chests.get("ann").add()).isEqualTo(2);
		}
	}

	/** Can't be written while it is spoilt. */
	public static class Box {

		private boolean spoilt;

		public boolean isSpoilt() {
			if (this.spoilt) {
				throw new AssertionError("getter");
			}
			return false;
		}

		public void setSpoilt(boolean spoilt) {
			this.spoilt = spoilt;
		}

	}

	@DeferredHandler
	@Durable(name = "chest")
	static class Chest {

		@Stored
		private Box box = new Box();

		@Stored
		private int count;

		Chest(@Key String id) {
		}

		int add() {
			return ++this.count;
		}

		void spoil() {
			this.count = 100;
			this.box.spoilt = true;
		}

		void spoilAndThrow() {
			spoil();
			throw new UnsupportedOperationException("the body's own");
		}

		@ReadOnly
		String told() {
			return this.count + ", spoilt " + this.box.spoilt;
		}

	}

	@DeferredHandler
	@Durable(name = "parade")
	static class Parade {

		@Stored
		private Box box = new Box();

		@Stored
		private int count;

		Parade(@Key String id) {
		}

		@State(initial = true, transitionsTo = "resting")
		void marching(String how) {
			this.count++;
			this.box.spoilt = !how.equals("well");
			if (how.equals("throws")) {
				throw new UnsupportedOperationException("the body's own");
			}
			if (how.equals("moves")) {
				resting();
			}
		}

		@State
		void resting() {
		}

		@ReadOnly
		String told() {
			return this.count + ", spoilt " + this.box.spoilt;
		}

	}

	/** Can be read until it is strict. */
	public record Letter(int number) {

		static volatile boolean strict;

		public Letter {
			if (strict && number < 0) {
				throw new AssertionError("unreadable");
			}
		}

	}

	@DeferredHandler
	static class Mails {

		static final Queue<@Nullable Integer> seen = new ConcurrentLinkedQueue<>();

		@Oneway(durable = true)
		void send(Letter letter) {
			seen.add(letter.number());
		}

	}

}
