package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import javax.sql.DataSource;

import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** States that meet real transactions and retries. */
@Timeout(120)
class StateTransactionTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, StateAutoConfiguration.class))
		.withUserConfiguration(Database.class);

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	@EnableResilientMethods(proxyTargetClass = true)
	@Import({ Parcel.class, Post.class })
	static class Database {

		@Bean
		DataSource dataSource() {
			JdbcDataSource source = new JdbcDataSource();
			source.setURL("jdbc:h2:mem:" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
			return source;
		}

		@Bean
		JdbcTransactionManager transactionManager(DataSource source) {
			return new JdbcTransactionManager(source);
		}

		@Bean
		JdbcClient jdbc(DataSource source) {
			JdbcClient jdbc = JdbcClient.create(source);
			jdbc.sql("create table log (line varchar(200))").update();
			return jdbc;
		}

	}

	enum Way {

		TRANSACTIONAL, REQUIRES_NEW, RETRYABLE, TEMPLATE, MANAGER

	}

	/** Calls back, inside whatever it is told to begin. */
	static class Post {

		private final PlatformTransactionManager transactions;

		int tries;

		Post(PlatformTransactionManager transactions) {
			this.transactions = transactions;
		}

		@Transactional
		public void transactional(Runnable callback) {
			callback.run();
		}

		@Transactional(propagation = Propagation.REQUIRES_NEW)
		public void requiresNew(Runnable callback) {
			callback.run();
		}

		@Retryable(maxRetries = 3, delay = 1)
		public void retryable(Runnable callback) {
			this.tries++;
			callback.run();
		}

		public void template(Runnable callback) {
			new TransactionTemplate(this.transactions).executeWithoutResult((status) -> callback.run());
		}

		public void manager(Runnable callback) {
			var status = this.transactions.getTransaction(TransactionDefinition.withDefaults());
			try {
				callback.run();
				this.transactions.commit(status);
			}
			catch (Throwable ex) {
				this.transactions.rollback(status);
				throw ex;
			}
		}

	}

	static class Parcel {

		final List<Throwable> rejected = Collections.synchronizedList(new ArrayList<>());

		private final JdbcClient jdbc;

		private final Post post;

		volatile Way way = Way.TRANSACTIONAL;

		volatile boolean commitFails;

		volatile boolean committedBefore;

		Parcel(JdbcClient jdbc, Post post) {
			this.jdbc = jdbc;
			this.post = post;
		}

		private void write(String line) {
			this.jdbc.sql("insert into log values (?)").param(line).update();
		}

		List<String> lines() {
			return this.jdbc.sql("select line from log").query(String.class).list();
		}

		private void through(Runnable callback) {
			switch (this.way) {
				case TRANSACTIONAL -> this.post.transactional(callback);
				case REQUIRES_NEW -> this.post.requiresNew(callback);
				case RETRYABLE -> this.post.retryable(callback);
				case TEMPLATE -> this.post.template(callback);
				case MANAGER -> this.post.manager(callback);
			}
		}

		private void send() {
			through(() -> {
				write("sending");
				try {
					delivered();
				}
				catch (IllegalStateException ex) {
					this.rejected.add(ex);
				}
			});
			delivered();
		}

		@State(initial = true, transitionsTo = "delivered")
		void sentPlain() {
			send();
		}

		@State(initial = true, transitionsTo = "delivered")
		@Transactional
		public void sentInTransaction() {
			write("sent");
			send();
		}

		@State(initial = true, transitionsTo = "delivered")
		@Transactional
		public void sent() {
			write("sent");
			if (this.commitFails) {
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void beforeCommit(boolean readOnly) {
						throw new IllegalArgumentException("no commit");
					}

				});
			}
			delivered();
		}

		@State
		void delivered() {
			this.committedBefore = lines().contains("sent");
			write("delivered");
		}

		@State(initial = true, transitionsTo = "delivered")
		void sentAgainAndAgain() {
			this.post.retryable(this::delivered);
		}

	}

	private interface Try {

		void run(Parcel parcel, Parcel target, StateMachine machine, ApplicationContext context) throws Exception;

	}

	private void withParcel(Try test) {
		this.runner.run((context) -> {
			Parcel parcel = context.getBean(Parcel.class);
			StateMachine machine = context.getBean(StateMachines.class).of(parcel);
			test.run(parcel, (Parcel) machine.target(), machine, context);
		});
	}

	@Test
	@DisplayName("S26 a @Transactional state commits when it is left, and its successor starts after the commit")
	void commits() {
		withParcel((parcel, target, machine, context) -> {
			parcel.sent();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.exception()).isNull();
			assertThat(target.committedBefore).isTrue();
			assertThat(target.lines()).containsExactly("sent", "delivered");
		});
	}

	@Test
	@DisplayName("S26 if the commit fails, the machine fails and the successor never starts")
	void commitFails() {
		withParcel((parcel, target, machine, context) -> {
			target.commitFails = true;
			parcel.sent();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
			assertThat(machine.exception()).hasMessage("no commit");
			assertThat(machine.current()).isEqualTo("sent");
			assertThat(target.lines()).isEmpty();
		});
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("S27 a move inside a transaction or retry begun within the body is rejected there, and works after the call")
	void rejectedInside(Way way) {
		withParcel((parcel, target, machine, context) -> {
			target.way = way;
			parcel.sentPlain();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.exception()).isNull();
			assertThat(target.rejected).singleElement()
				.satisfies((ex) -> assertThat(ex).hasMessageContaining("move after the call returns")
					.hasMessageContaining(machine.name() + " can't leave 'sentPlain' for 'delivered' inside a"));
			assertThat(machine.history()).hasSize(2);
			assertThat(target.lines()).containsExactly("sending", "delivered");
		});
	}

	@ParameterizedTest
	@EnumSource(names = "MANAGER", mode = EnumSource.Mode.EXCLUDE)
	@DisplayName("S27 so it is where the state has a transaction of its own, which commits")
	void rejectedInsideOwn(Way way) {
		withParcel((parcel, target, machine, context) -> {
			target.way = way;
			parcel.sentInTransaction();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.exception()).isNull();
			assertThat(target.rejected).hasSize(1);
			assertThat(target.lines()).containsExactlyInAnyOrder("sent", "sending", "delivered");
			assertThat(target.committedBefore).isTrue();
		});
	}

	@Test
	@DisplayName("S27 a retry that meets the rejection ends with it, and nothing has moved")
	void retried() {
		withParcel((parcel, target, machine, context) -> {
			parcel.sentAgainAndAgain();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
			assertThat(machine.exception()).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("move after the call returns");
			assertThat(machine.current()).isEqualTo("sentAgainAndAgain");
			assertThat(target.lines()).isEmpty();
		});
	}

}
