package io.greenroom.test.spring;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.DeferredTransactionException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Parking;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.test.DeterministicScheduler;
import io.greenroom.test.GreenroomTest;
import io.greenroom.test.LauncherRun;
import io.greenroom.test.Settling;
import jakarta.annotation.PostConstruct;
import org.assertj.core.data.Offset;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static io.greenroom.test.GreenroomAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** {@link GreenroomTest} with Spring. */
@Timeout(300)
class GreenroomSpringTests {

	/** How many contexts of the application were started. */
	private static final AtomicInteger STARTED = new AtomicInteger();

	@Component
	@DeferredHandler
	static class Desk {

		private int calls;

		int call() {
			return ++this.calls;
		}

		void stay() throws InterruptedException {
			new GreenEvent().await();
		}

	}

	/** Calls a handler while the context starts. */
	@Component
	static class Early {

		final int answer;

		private final Desk desk;

		Early(Desk desk) {
			this.desk = desk;
			this.answer = desk.call();
			STARTED.incrementAndGet();
		}

		@PostConstruct
		void callAgain() {
			this.desk.call();
		}

	}

	static class Order {

		@State(initial = true, transitionsTo = "expired", timeout = "30m", onTimeout = "expired")
		void open() {
		}

		@State
		void expired() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Desk.class, Early.class })
	static class Application {

	}

	@GreenroomTest
	@SpringBootTest(classes = Application.class)
	@TestMethodOrder(MethodOrderer.MethodName.class)
	static class Passing {

		@Autowired
		Desk desk;

		@Autowired
		Deferred<Desk> handle;

		@Autowired
		Early early;

		@Autowired
		GreenScheduler scheduler;

		@Autowired
		StateMachines machines;

		@BeforeEach
		void calls() {
			assertThat(this.desk.call()).isGreaterThan(2);
		}

		@Test
		void aRunsInVirtualTime(@Autowired DeterministicScheduler injected, DeterministicScheduler time)
				throws Exception {
			assertThat(this.early.answer).isOne();
			assertThat(time).isSameAs(injected);
			assertThat(time.scheduler()).isSameAs(this.scheduler);
			Order order = this.machines.create(Order.class);
			order.open();
			time.advance(Duration.ofMinutes(29));
			assertThat(this.machines.of(order)).isAtRestIn("open");
			time.advance(Duration.ofMinutes(1));
			assertThat(this.machines.of(order)).isDone().isIn("expired");
			this.handle.oneway().call();
			Settling.settle(this.scheduler);
			assertThat(this.handle).isAtRest();
		}

		@Test
		void bHasTheSameApplication() {
			// Two while it started, two before the tests, one oneway.
			assertThat(this.desk.call()).isEqualTo(6);
		}

	}

	@GreenroomTest
	@SpringBootTest(classes = Application.class)
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	static class SharesTheContext {

		@Autowired
		Desk desk;

		@Test
		void one(DeterministicScheduler time) throws Exception {
			time.scheduler().sleep(Duration.ofDays(1));
			assertThat(this.desk.call()).isGreaterThan(5);
		}

		@Test
		void two(DeterministicScheduler time) throws Exception {
			one(time);
		}

	}

	@SpringBootTest(classes = Application.class)
	static class Ordinary {

		@Autowired
		Desk desk;

		@Autowired(required = false)
		DeterministicScheduler none;

		@Test
		void runsInRealTime() {
			assertThat(this.none).isNull();
			assertThat(this.desk.call()).isEqualTo(3);
			assertThat(Parking.nanoTime()).isCloseTo(System.nanoTime(), Offset.offset(30_000_000_000L));
		}

	}

	@Test
	@DisplayName("U05 in @SpringBootTest the handlers, machines and the scheduler are deterministic, contexts are cached, and other tests are not concerned")
	void runsWithSpring() {
		int before = STARTED.get();
		LauncherRun run = LauncherRun.of(Passing.class, SharesTheContext.class, Ordinary.class);
		assertThat(run.failures()).isEmpty();
		assertThat(run.tests()).isEqualTo(5);
		assertThat(STARTED.get() - before).isEqualTo(2);
		assertThat(DeterministicScheduler.current()).isEmpty();
	}

	@GreenroomTest
	@SpringBootTest(classes = Application.class, properties = "another=context")
	@TestMethodOrder(MethodOrderer.MethodName.class)
	static class Leaving {

		@Autowired
		Desk desk;

		@Autowired
		Deferred<Desk> handle;

		@Test
		void aLeavesACall() throws Exception {
			this.handle.oneway().stay();
		}

		@Test
		void bHasANewApplication(DeterministicScheduler time) {
			assertThat(this.desk.call()).isEqualTo(3);
			time.scheduler().spawn("left", () -> new GreenEvent().await());
		}

		@Test
		void cHasANewApplication() {
			assertThat(this.desk.call()).isEqualTo(3);
		}

	}

	@Test
	@DisplayName("U05 a test that leaves work behind fails, and the next test has a new context")
	void dirtyContextsAreNotShared() {
		Map<String, Throwable> failures = LauncherRun.of(Leaving.class).failures();
		assertThat(failures).containsOnlyKeys("aLeavesACall", "bHasANewApplication");
		assertThat(failures.get("aLeavesACall")).hasMessageContaining("The test has left behind:")
			.hasMessageContaining("runs   stay on handler-");
		assertThat(failures.get("bHasANewApplication")).hasMessageContaining("Green thread 'left' is alive");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Desk.class)
	static class OwnScheduler {

		@Bean
		GreenScheduler greenScheduler() {
			return GreenScheduler.builder().name("own").build();
		}

	}

	@GreenroomTest
	@SpringBootTest(classes = OwnScheduler.class)
	static class KeepsTheirs {

		@Autowired
		GreenScheduler scheduler;

		@Autowired
		Desk desk;

		@Test
		void isTheirs() {
			assertThat(this.scheduler.name()).isEqualTo("own");
			assertThat(this.desk.call()).isOne();
		}

		@Test
		void cannotBeInjected(DeterministicScheduler none) {
		}

	}

	@Test
	@DisplayName("U05 a scheduler bean of the application's own stays, and who asks for the deterministic one is told so")
	void ownBeansStay() {
		Map<String, Throwable> failures = LauncherRun.of(KeepsTheirs.class).failures();
		assertThat(failures).containsOnlyKeys("cannotBeInjected");
		assertThat(failures.get("cannotBeInjected")).hasMessageContaining("it declares its own GreenScheduler bean");
	}

	@GreenroomTest
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.RANDOM_PORT)
	static class WithServer {

		@Test
		void never() {
		}

	}

	@Test
	@DisplayName("U05 a real server is rejected, because its threads can't be stepped")
	void rejectsServers() {
		assertThat(LauncherRun.of(WithServer.class).failures().values()).singleElement()
			.satisfies(
					(failure) -> assertThat(failure).hasStackTraceContaining("is a @GreenroomTest with a real server"));
		assertThat(DeterministicScheduler.current()).isEmpty();
	}

	@RestController
	static class Counter {

		private final Desk desk;

		Counter(Desk desk) {
			this.desk = desk;
		}

		@GetMapping("/calls")
		int calls() {
			return this.desk.call();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

	}

	@GreenroomTest
	@WebMvcTest(Counter.class)
	@ContextConfiguration(classes = WebApplication.class)
	@Import({ Counter.class, Desk.class })
	static class Slice {

		@Autowired
		MockMvcTester mvc;

		@Test
		void answers(DeterministicScheduler time) {
			assertThat(this.mvc.get().uri("/calls")).hasStatusOk().bodyText().isEqualTo("1");
			assertThat(time.trace()).isNotEmpty();
		}

	}

	@Test
	@DisplayName("U05 it composes with @WebMvcTest: the controller's calls run in virtual time")
	void runsSlices() {
		assertThat(LauncherRun.of(Slice.class).failures()).isEmpty();
	}

	@Component
	@DeferredHandler
	static class Ledger {

		private final JdbcTemplate jdbc;

		Ledger(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		int count() {
			return this.jdbc.queryForObject("select count(*) from entry", Integer.class);
		}

		@Oneway
		void add(int id) {
			this.jdbc.update("insert into entry values (?)", id);
		}

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void addLater(int id) {
			add(id);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Ledger.class)
	static class Books {

		@Bean
		DataSource dataSource() {
			JdbcDataSource source = new JdbcDataSource();
			source.setURL("jdbc:h2:mem:greenroom-test;DB_CLOSE_DELAY=-1");
			return source;
		}

		@Bean
		JdbcTransactionManager transactionManager(DataSource source) {
			return new JdbcTransactionManager(source);
		}

		@Bean
		JdbcTemplate jdbcTemplate(DataSource source) {
			JdbcTemplate jdbc = new JdbcTemplate(source);
			jdbc.execute("create table if not exists entry (id int primary key)");
			return jdbc;
		}

	}

	@GreenroomTest
	@SpringBootTest(classes = Books.class)
	static class InTheTestsTransaction {

		@Autowired
		Ledger ledger;

		@Autowired
		Deferred<Ledger> handle;

		@Autowired
		JdbcTemplate jdbc;

		@Test
		@Transactional
		void isToldAtOnce() {
			this.jdbc.update("insert into entry values (1)");
			for (Runnable call : new Runnable[] { this.ledger::count, () -> this.ledger.add(2),
					() -> this.handle.oneway().count(), () -> this.handle.async(Ledger::count) }) {
				assertThatExceptionOfType(DeferredTransactionException.class).isThrownBy(call::run)
					.withMessageContaining("the transaction is the test's own")
					.withMessageContaining("isToldAtOnce")
					.withMessageContaining("TestTransaction.end()")
					.withMessageContaining("transactionalCalls = ON_TEST_THREAD");
			}
			// Waits for a commit that never comes, as it does in an application.
			this.ledger.addLater(3);
		}

		@Test
		void isNotConcernedWithoutOne() throws Exception {
			assertThat(this.ledger.count()).isZero();
			this.handle.oneway().count();
			Settling.settle(DeterministicScheduler.current().orElseThrow().scheduler());
			assertThat(this.handle).isAtRest();
		}

	}

	@GreenroomTest(transactionalCalls = GreenroomTest.TestCalls.ON_TEST_THREAD)
	@SpringBootTest(classes = Books.class)
	static class OnTheTestsThread {

		@Autowired
		Ledger ledger;

		@Autowired
		Deferred<Ledger> handle;

		@Autowired
		JdbcTemplate jdbc;

		@Test
		@Transactional
		void seesItsRows() throws Exception {
			this.jdbc.update("insert into entry values (1)");
			assertThat(this.ledger.count()).isOne();
			this.ledger.add(2);
			assertThat(this.handle.sync().count()).isEqualTo(2);
			this.handle.oneway().add(3);
			assertThat(this.handle.async(Ledger::count).get()).isEqualTo(3);
			assertThatExceptionOfType(DuplicateKeyException.class).isThrownBy(() -> this.ledger.add(3));
		}

		@Test
		void hasRolledBack() {
			assertThat(this.ledger.count()).isZero();
		}

	}

	@Test
	@DisplayName("U05 a call in a @Transactional test's own transaction is told at once why the body sees nothing of it, and runs on the test's thread where asked")
	void testsTransactions() {
		assertThat(LauncherRun.of(InTheTestsTransaction.class, OnTheTestsThread.class).failures()).isEmpty();
	}

}
