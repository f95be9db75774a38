package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import javax.sql.DataSource;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine.Status;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Moves that are asked for in transactions of their callers. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class StateAfterCommitTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class))
		.withUserConfiguration(Database.class);

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
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

	}

	static class Order {

		@State(initial = true, transitionsTo = { "paid", "cancelled" })
		void placed() {
		}

		@State(transitionsTo = "shipped")
		void paid() {
		}

		@State
		void shipped() {
		}

		@State
		void cancelled() {
		}

	}

	/** Moves on in its own transaction. */
	static class Advised {

		@Transactional
		@State(initial = true, transitionsTo = "second")
		public void first() {
			second();
		}

		@Transactional
		@State
		public void second() {
		}

	}

	@DeferredHandler
	static class Mail {

		private final List<String> sent = new ArrayList<>();

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void send(StateMachine machine) {
			this.sent.add(String.valueOf(machine.current()));
		}

		List<String> sent() {
			return List.copyOf(this.sent);
		}

	}

	private static void in(ApplicationContext context, int propagation, Consumer<TransactionStatus> work) {
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class),
				new DefaultTransactionDefinition(propagation))
			.executeWithoutResult(work);
	}

	private static void in(ApplicationContext context, Consumer<TransactionStatus> work) {
		in(context, TransactionDefinition.PROPAGATION_REQUIRED, work);
	}

	private static Order placed(StateMachines machines) {
		Order order = machines.create(Order.class);
		order.placed();
		rests(machines.of(order));
		return order;
	}

	private static void rests(StateMachine machine) {
		try {
			assertThat(machine.awaitRest(LONG)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@DisplayName("S29 a move asked for in a transaction is made and warned of, once for each place, with the remedies")
	void warns(CapturedOutput output) {
		this.runner.run((context) -> {
			StateMachines machines = context.getBean(StateMachines.class);
			for (int i = 0; i < 3; i++) {
				in(context, (status) -> {
					Order order = placed(machines);
					order.paid();
					rests(machines.of(order));
					assertThat(machines.of(order).current()).isEqualTo("paid");
				});
			}
			assertThat(output.getOut().lines()).filteredOn((line) -> line.contains("is asked in a transaction"))
				.hasSize(2)
				.allSatisfy((line) -> assertThat(line).contains("WARN", "StateAfterCommitTests.java",
						"stateMachines.afterCommit(", "greenroom.state.in-transaction=allow"))
				.anySatisfy((line) -> assertThat(line).contains("'paid'"));
		});
	}

	@Test
	@DisplayName("S29 A04 with fail it is rejected and nothing has moved, with allow it is made in silence, and anything else is no value")
	void rules(CapturedOutput output) {
		this.runner.withPropertyValues("greenroom.state.in-transaction=fail").run((context) -> {
			StateMachines machines = context.getBean(StateMachines.class);
			Order order = placed(machines);
			in(context,
					(status) -> assertThatIllegalStateException().isThrownBy(order::paid)
						.withMessageContainingAll("was asked in a transaction to move to 'paid', which was rejected",
								"afterCommit"));
			assertThat(machines.of(order).current()).isEqualTo("placed");
			in(context, TransactionDefinition.PROPAGATION_SUPPORTS, (status) -> order.paid());
			rests(machines.of(order));
			assertThat(machines.of(order).current()).isEqualTo("paid");
		});
		this.runner.withPropertyValues("greenroom.state.in-transaction=allow").run((context) -> {
			Order order = placed(context.getBean(StateMachines.class));
			in(context, (status) -> order.paid());
			assertThat(output).doesNotContain("is asked in a transaction");
		});
		this.runner.withPropertyValues("greenroom.state.in-transaction=perhaps")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining("greenroom.state.in-transaction"));
	}

	@Test
	@DisplayName("S29 S26 a state that moves on in its own transaction is not meant")
	void own() {
		this.runner.withBean(Advised.class).withPropertyValues("greenroom.state.in-transaction=fail").run((context) -> {
			Advised advised = context.getBean(Advised.class);
			StateMachine machine = context.getBean(StateMachines.class).of(advised);
			advised.first();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(Status.DONE);
		});
	}

	@Test
	@DisplayName("S29 D30 afterCommit asks for the move when the transaction commits, in one order with oneway calls, and at once without one")
	void commits(CapturedOutput output) {
		this.runner.withBean(Mail.class).run((context) -> {
			StateMachines machines = context.getBean(StateMachines.class);
			Mail mail = context.getBean(Mail.class);
			Order order = placed(machines);
			StateMachine machine = machines.of(order);
			in(context, (status) -> {
				machines.afterCommit(order::paid);
				machines.afterCommit(() -> rests(machine));
				mail.send(machine);
				assertThat(machine.current()).isEqualTo("placed");
			});
			assertThat(machine.current()).isEqualTo("paid");
			assertThat(mail.sent()).containsExactly("paid");
			machines.afterCommit(order::shipped);
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.current()).isEqualTo("shipped");
			assertThat(output).doesNotContain("in a transaction");
		});
	}

	@Test
	@DisplayName("S29 D30 a move asked for by afterCommit is dropped with its transaction, and with its savepoint")
	void rollsBack() {
		this.runner.run((context) -> {
			StateMachines machines = context.getBean(StateMachines.class);
			Order order = placed(machines);
			StateMachine machine = machines.of(order);
			in(context, (status) -> {
				machines.afterCommit(order::cancelled);
				status.setRollbackOnly();
			});
			in(context, (status) -> {
				Object savepoint = status.createSavepoint();
				machines.afterCommit(order::cancelled);
				status.rollbackToSavepoint(savepoint);
				in(context, TransactionDefinition.PROPAGATION_NESTED, (nested) -> {
					machines.afterCommit(order::cancelled);
					nested.setRollbackOnly();
				});
				in(context, TransactionDefinition.PROPAGATION_REQUIRES_NEW, (other) -> {
					machines.afterCommit(order::cancelled);
					other.setRollbackOnly();
				});
			});
			assertThat(machine.history()).hasSize(1);
			in(context, (status) -> {
				in(context, TransactionDefinition.PROPAGATION_NESTED, (nested) -> machines.afterCommit(order::paid));
				assertThat(machine.current()).isEqualTo("placed");
			});
			rests(machine);
			assertThat(machine.current()).isEqualTo("paid");
		});
	}

	@Test
	@DisplayName("S29 a move that is rejected after the commit costs the committed caller nothing, and is named in the log")
	void rejected(CapturedOutput output) {
		this.runner.run((context) -> {
			StateMachines machines = context.getBean(StateMachines.class);
			Order order = placed(machines);
			in(context, (status) -> {
				machines.afterCommit(order::shipped);
				machines.afterCommit(() -> {
					throw new AssertionError("worse");
				});
				machines.afterCommit(order::paid);
			});
			rests(machines.of(order));
			assertThat(machines.of(order).current()).isEqualTo("paid");
			assertThat(output.getOut().lines())
				.filteredOn((line) -> line.contains("was not made, although the transaction has committed"))
				.hasSize(2)
				.allSatisfy((line) -> assertThat(line).contains("ERROR", "StateAfterCommitTests.java"));
			assertThat(output).contains("can't move from 'placed' to 'shipped'");
		});
	}

}
