package io.greenroom.spring.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.DeferredTransactionException;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.deferred.Overflow;
import io.greenroom.green.GreenScheduler;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Calls of handlers in transactions of a real database. */
@Timeout(60)
class AfterCommitTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class))
		.withUserConfiguration(Database.class, Mailer.class, Narrow.class);

	@Test
	@DisplayName("D30 an after-commit call is submitted when the transaction commits, and D08's order counts from there")
	void submittedAtCommit() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			in(context, (status) -> {
				mailer.send("after commit 1");
				mailer.sendNow("at once");
				mailer.send("after commit 2");
				assertThat(sent(context)).containsExactly("at once");
			});
			assertThat(sent(context)).containsExactly("at once", "after commit 1", "after commit 2");
		});
	}

	@Test
	@DisplayName("D30 without a transaction an after-commit call is submitted at once, also in the scope of an empty one")
	void withoutTransaction() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			mailer.send("none");
			assertThat(mailer.sent()).containsExactly("none");
			template(context, TransactionDefinition.PROPAGATION_SUPPORTS).executeWithoutResult((status) -> {
				mailer.send("empty");
				assertThat(mailer.sent()).containsExactly("none", "empty");
			});
		});
	}

	@Test
	@DisplayName("D30 a call made in a transaction that rolls back is never made, and its room is free again")
	void rolledBack() {
		this.runner.run((context) -> {
			Narrow narrow = context.getBean(Narrow.class);
			for (int i = 0; i < 10; i++) {
				in(context, (status) -> {
					narrow.send("rolled back 1");
					narrow.send("rolled back 2");
					status.setRollbackOnly();
				});
			}
			assertThat(handle(context, Narrow.class).calls().pending()).isZero();
			assertThat(narrow.sent()).isEmpty();
		});
	}

	@Test
	@DisplayName("D30 room is reserved at the call, where it is rejected when there is none; the commit sees nothing of it")
	void roomIsReservedAtTheCall() {
		this.runner.run((context) -> {
			Narrow narrow = context.getBean(Narrow.class);
			in(context, (status) -> {
				narrow.send("a");
				narrow.send("b");
				assertThatExceptionOfType(MailboxFullException.class).isThrownBy(() -> narrow.send("c"));
				assertThat(CompletableFuture.runAsync(() -> narrow.sendNow("d"))).failsWithin(Duration.ofSeconds(30))
					.withThrowableThat()
					.withCauseInstanceOf(MailboxFullException.class);
			});
			assertThat(sent(context, Narrow.class)).containsExactly("a", "b");
		});
	}

	@Test
	@DisplayName("D30 a call made in a savepoint that rolls back is never made; those before and after it are")
	void nestedRollsBack() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			TransactionTemplate nested = template(context, TransactionDefinition.PROPAGATION_NESTED);
			in(context, (status) -> {
				nested.executeWithoutResult((inner) -> {
					mailer.send("first call of all, in a savepoint that is undone");
					inner.setRollbackOnly();
				});
				mailer.send("before");
				nested.executeWithoutResult((inner) -> mailer.send("inside one that holds"));
				nested.executeWithoutResult((inner) -> {
					mailer.send("undone");
					nested.executeWithoutResult((innermost) -> mailer.send("undone with what is round it"));
					inner.setRollbackOnly();
				});
				mailer.send("after");
			});
			assertThat(sent(context)).containsExactly("before", "inside one that holds", "after");
			assertThat(handle(context, Mailer.class).calls().pending()).isZero();
		});
	}

	@Test
	@DisplayName("D30 a savepoint made by hand may be rolled back to again and again")
	void savepointsByHand() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			in(context, (status) -> {
				Object older = status.createSavepoint();
				mailer.send("undone with the older savepoint");
				Object newer = status.createSavepoint();
				mailer.send("undone with the newer");
				status.rollbackToSavepoint(newer);
				mailer.send("undone once more");
				status.rollbackToSavepoint(newer);
				status.rollbackToSavepoint(older);
				mailer.send("stays");
				status.createSavepoint();
				mailer.send("stays too");
			});
			assertThat(sent(context)).containsExactly("stays", "stays too");
		});
	}

	@Test
	@DisplayName("D30 a transaction of its own in between decides for its own calls, and the outer one for its")
	void requiresNew() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			TransactionTemplate own = template(context, TransactionDefinition.PROPAGATION_REQUIRES_NEW);
			in(context, (status) -> {
				mailer.send("outer, undone");
				own.executeWithoutResult((inner) -> mailer.send("inner"));
				assertThat(sent(context)).containsExactly("inner");
				template(context, TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
					.executeWithoutResult((none) -> mailer.send("outside"));
				assertThat(sent(context)).containsExactly("inner", "outside");
				mailer.send("outer, undone too");
				status.setRollbackOnly();
			});
			in(context, (status) -> {
				mailer.send("outer 1");
				own.executeWithoutResult((inner) -> {
					mailer.send("inner, undone");
					inner.setRollbackOnly();
				});
				mailer.send("outer 2");
			});
			assertThat(sent(context)).containsExactly("inner", "outside", "outer 1", "outer 2");
			assertThat(handle(context, Mailer.class).calls().pending()).isZero();
		});
	}

	@Test
	@DisplayName("D30 a commit that fails without saying how it ended makes no calls, names them, and gives their room back")
	void unknownOutcome() {
		this.runner.run((context) -> {
			Narrow narrow = context.getBean(Narrow.class);
			context.getBean(BreakingDataSource.class).commitFails = true;
			List<String> log = logged(SpringTransactions.class,
					() -> assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> in(context, (status) -> {
						narrow.send("lost 1");
						narrow.send("lost 2");
					})).withStackTraceContaining("the line is cut"));
			assertThat(log).singleElement()
				.asString()
				.contains("outcome of a transaction is unknown", "Narrow.send", "Narrow.send");
			context.getBean(BreakingDataSource.class).commitFails = false;
			assertThat(handle(context, Narrow.class).calls().pending()).isZero();
			in(context, (status) -> narrow.send("next"));
			assertThat(sent(context, Narrow.class)).containsExactly("next");
		});
	}

	@Test
	@DisplayName("D30 a handler that ended before the commit costs the committed caller nothing, and the call is named in the log")
	void handlerEnded() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			List<String> log = logged(Deferred.class, () -> in(context, (status) -> {
				mailer.send("too late");
				context.getBean(GreenScheduler.class).drain(Duration.ofMillis(1));
			}));
			assertThat(log).filteredOn((line) -> line.contains("transaction has committed"))
				.singleElement()
				.asString()
				.contains("Mailer.send was not run", "AfterCommitTests.java");
		});
	}

	@Test
	@DisplayName("D30 D31 a drain waits for the end of a transaction that has reserved a call, and runs it")
	void drainWaitsForTheCommit() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			Deferred<Mailer> handle = handle(context, Mailer.class);
			CompletableFuture<Integer> drained = new CompletableFuture<>();
			in(context, (status) -> {
				mailer.send("just in time");
				Thread.ofVirtual().start(() -> {
					drained.complete(context.getBean(GreenScheduler.class).drain(Duration.ofSeconds(30)).work().ran());
				});
				while (!handle.calls().isClosing() && !Thread.currentThread().isInterrupted()) {
					Thread.onSpinWait();
				}
			});
			assertThat(drained.get(30, TimeUnit.SECONDS)).isEqualTo(1);
			assertThat(handle.direct().sent()).containsExactly("just in time");
		});
	}

	@Test
	@DisplayName("D30 calls made while the end of a transaction is announced are made too")
	void callsFromSynchronizations() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			in(context, (status) -> TransactionSynchronizationManager
				.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void beforeCompletion() {
						mailer.send("before completion");
					}

					@Override
					public void afterCommit() {
						mailer.send("after commit");
					}

					@Override
					public void afterCompletion(int status) {
						mailer.send("after completion");
					}

				}));
			assertThat(sent(context)).containsExactlyInAnyOrder("before completion", "after commit",
					"after completion");
			assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
		});
	}

	@Test
	@DisplayName("D30 thousands of transactions with savepoints, commits and rollbacks: exactly what was committed is made, all room comes back")
	void manyTransactions() {
		this.runner.run((context) -> {
			Narrow narrow = context.getBean(Narrow.class);
			List<Callable<List<String>>> jobs = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				int number = i;
				jobs.add(() -> randomTransactions(context, narrow, number, new Random(number)));
			}
			List<String> committed = new ArrayList<>();
			try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
				for (Future<List<String>> job : threads.invokeAll(jobs)) {
					committed.addAll(job.get());
				}
			}
			assertThat(sent(context, Narrow.class)).containsExactlyInAnyOrderElementsOf(committed);
			assertThat(handle(context, Narrow.class).calls().pending()).isZero();
		});
	}

	private static List<String> randomTransactions(AssertableApplicationContext context, Narrow narrow, int thread,
			Random random) {
		List<String> committed = new ArrayList<>();
		for (int round = 0; round < 1000; round++) {
			String name = thread + "/" + round;
			boolean commits = random.nextInt(3) > 0;
			boolean nestedHolds = random.nextBoolean();
			List<String> made = new ArrayList<>();
			in(context, (status) -> {
				if (offered(narrow, name)) {
					made.add(name);
				}
				template(context, TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult((nested) -> {
					if (offered(narrow, name + " nested") && nestedHolds) {
						made.add(name + " nested");
					}
					if (!nestedHolds) {
						nested.setRollbackOnly();
					}
				});
				if (!commits) {
					status.setRollbackOnly();
				}
			});
			if (commits) {
				committed.addAll(made);
			}
		}
		return committed;
	}

	private static boolean offered(Narrow narrow, String letter) {
		try {
			narrow.send(letter);
			return true;
		}
		catch (MailboxFullException full) {
			return false;
		}
	}

	@Test
	@DisplayName("D39 a sync call in a transaction is warned of once for each place, with the remedies; none without one")
	void syncCallsInTransactions() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			List<String> log = logged(Deferred.class, () -> {
				mailer.sent();
				for (int i = 0; i < 3; i++) {
					in(context, (status) -> mailer.sent());
				}
				in(context, (status) -> mailer.sendNow("no wait, no warning"));
				in(context, (status) -> handle(context, Mailer.class).sync().sent());
			});
			assertThat(log).hasSize(2)
				.allSatisfy((line) -> assertThat(line).contains("Mailer.sent is called in a transaction at",
						"AfterCommitTests", "before the transaction begins", "AFTER_COMMIT",
						"greenroom.deferred.in-transaction"));
		});
	}

	@Test
	@DisplayName("D39 with in-transaction=fail a sync call in a transaction is rejected at once; with allow nothing is said")
	void syncCallsForbidden() {
		this.runner.withPropertyValues("greenroom.deferred.in-transaction=fail").run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			in(context,
					(status) -> assertThatExceptionOfType(DeferredTransactionException.class).isThrownBy(mailer::sent)
						.withMessageContaining("Mailer.sent was called in a transaction and was not made")
						.withMessageContaining("AFTER_COMMIT"));
			assertThat(handle(context, Mailer.class).calls().pending()).isZero();
			assertThat(mailer.sent()).isEmpty();
		});
		this.runner.withPropertyValues("greenroom.deferred.in-transaction=allow").run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			assertThat(logged(Deferred.class, () -> in(context, (status) -> mailer.sent()))).isEmpty();
		});
	}

	@Test
	@DisplayName("D39 the timeout of a body that waits for its caller's row lock names the transaction as the likely cause")
	void timeoutNamesTheTransaction() {
		this.runner.run((context) -> {
			JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
			jdbc.execute("create table letter (id int primary key, text varchar(20))");
			jdbc.update("insert into letter values (1, 'new')");
			Mailer mailer = handle(context, Mailer.class).sync(Duration.ofMillis(100));
			in(context, (status) -> {
				jdbc.update("update letter set text = 'mine' where id = 1");
				assertThatExceptionOfType(DeferredTimeoutException.class).isThrownBy(() -> mailer.update(jdbc))
					.withMessageContaining("the caller is in a transaction")
					.withMessageContaining("AFTER_COMMIT");
			});
			CountDownLatch never = new CountDownLatch(1);
			assertThatExceptionOfType(DeferredTimeoutException.class).isThrownBy(() -> mailer.hold(never))
				.withMessageNotContaining("transaction");
			never.countDown();
		});
	}

	@Test
	@DisplayName("D39 where the transaction is that of the test itself, the messages say so, with the remedy; elsewhere they do not")
	void transactionOfTheTest() {
		this.runner.withPropertyValues("greenroom.deferred.in-transaction=fail").run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			TransactionTemplate template = template(context, TransactionDefinition.PROPAGATION_REQUIRED);
			// As spring-test names it.
			template.setName(getClass().getName() + ".transactionOfTheTest");
			template.executeWithoutResult(
					(status) -> assertThatExceptionOfType(DeferredTransactionException.class).isThrownBy(mailer::sent)
						.withMessageContaining("the test's own (" + getClass().getName() + ".transactionOfTheTest)")
						.withMessageContaining("remove @Transactional from the test"));
			for (String other : new String[] { null, "batch", "no.such.Type.run",
					Mailer.class.getName() + ".transactionOfTheTest", getClass().getName() + ".offered" }) {
				template.setName(other);
				template.executeWithoutResult((status) -> assertThatExceptionOfType(DeferredTransactionException.class)
					.isThrownBy(mailer::sent)
					.withMessageNotContaining("the test's own"));
			}
		});
	}

	private static void in(AssertableApplicationContext context, Consumer<TransactionStatus> work) {
		template(context, TransactionDefinition.PROPAGATION_REQUIRED).executeWithoutResult(work);
	}

	private static TransactionTemplate template(AssertableApplicationContext context, int propagation) {
		TransactionTemplate template = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		template.setPropagationBehavior(propagation);
		return template;
	}

	/** Asks past the transaction of the test, which would be warned of. */
	private static List<String> sent(AssertableApplicationContext context) {
		return handle(context, Mailer.class).async(Letters::sent).join();
	}

	private static List<String> sent(AssertableApplicationContext context, Class<? extends Letters> type) {
		Deferred<? extends Letters> handle = handle(context, type);
		while (handle.calls().pending() > 0 && !Thread.currentThread().isInterrupted()) {
			// A narrow mailbox would reject the question.
			Thread.onSpinWait();
		}
		return handle.async(Letters::sent).join();
	}

	@SuppressWarnings("unchecked")
	private static <T> Deferred<T> handle(AssertableApplicationContext context, Class<T> type) {
		return (Deferred<T>) context.getBean(context.getBeanNamesForType(type)[0] + ".deferred");
	}

	private static List<String> logged(Class<?> logger, Runnable work) {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger source = (Logger) LoggerFactory.getLogger(logger);
		log.start();
		source.addAppender(log);
		try {
			work.run();
		}
		finally {
			source.detachAppender(log);
		}
		return log.list.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	abstract static class Letters {

		private final List<String> sent = new ArrayList<>();

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void send(String letter) {
			this.sent.add(letter);
		}

		@Oneway
		void sendNow(String letter) {
			this.sent.add(letter);
		}

		List<String> sent() {
			return List.copyOf(this.sent);
		}

		void hold(CountDownLatch until) throws InterruptedException {
			until.await();
		}

		void update(JdbcTemplate jdbc) {
			jdbc.update("update letter set text = 'yours' where id = 1");
		}

	}

	@DeferredHandler
	static class Mailer extends Letters {

	}

	/** Room for two calls, and who finds none is told. */
	@DeferredHandler(capacity = 2, overflow = Overflow.REJECT)
	static class Narrow extends Letters {

	}

	@Configuration(proxyBeanMethods = false)
	static class Database {

		@Bean
		BreakingDataSource dataSource() {
			return new BreakingDataSource(JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa", ""));
		}

		@Bean
		JdbcTransactionManager transactionManager(DataSource dataSource) {
			JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
			manager.setRollbackOnCommitFailure(false);
			return manager;
		}

	}

	/** A database whose commits fail, on demand, without saying what became of them. */
	static class BreakingDataSource extends DelegatingDataSource {

		private volatile boolean commitFails;

		BreakingDataSource(DataSource target) {
			super(target);
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> {
						if (this.commitFails && method.getName().equals("commit")) {
							throw new SQLException("the line is cut");
						}
						try {
							return method.invoke(connection, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

	}

}
