package io.greenroom.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.testkit.TestDatabase;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A durable oneway call in a transaction against a plain insert of a row that says what is
 * to be done; and the delivery of such calls, whose bodies insert a row, against one
 * thread, virtual like a handler's, that deletes a row and inserts another in one
 * transaction. Each operation is one of a thousand: submissions are
 * made in one transaction, or each in a transaction of its own that also inserts another row, and
 * deliveries are of one lane that was filled before.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 60)
@Measurement(iterations = 20)
@Fork(2)
public class DurableOneway {

	private static final int CALLS = 1000;

	@Param({ "H2", "POSTGRESQL" })
	private TestDatabase database;

	private HikariDataSource pool;

	private JdbcClient jdbc;

	private TransactionTemplate transaction;

	private AnnotationConfigApplicationContext context;

	private Receipts receipts;

	@Setup
	public void open() {
		this.pool = this.database.fresh();
		this.jdbc = JdbcClient.create(this.pool);
		this.jdbc
			.sql("create table queue (id bigint primary key, topic varchar(200), payload varchar(2000), created_at bigint)")
			.update();
		this.jdbc.sql("create table receipt (n bigint)").update();
		this.jdbc.sql("create table changed (n bigint)").update();
		this.context = new AnnotationConfigApplicationContext();
		this.context.registerBean(DataSource.class, () -> this.pool, (definition) -> definition.setDestroyMethodName(""));
		this.context.register(Application.class, Receipts.class);
		this.context.refresh();
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.receipts = this.context.getBean(Receipts.class);
	}

	@TearDown
	public void close() {
		this.context.close();
		this.pool.close();
	}

	/** For the deliveries: a first call is in its body and holds up the others. */
	@State(Scope.Benchmark)
	public static class Filled {

		@Setup(Level.Invocation)
		public void fill(DurableOneway bench) throws InterruptedException {
			Gate.begin();
			bench.receipts.hold(0);
			Gate.entered.await();
			bench.submitAll();
			bench.jdbc.sql("delete from queue").update();
			bench.insertAll(0);
		}

		@TearDown(Level.Invocation)
		public void empty() throws InterruptedException {
			Gate.open.countDown();
			Gate.delivered.await();
		}

	}

	private void submitAll() {
		this.transaction.executeWithoutResult((status) -> {
			for (int i = 0; i < CALLS; i++) {
				this.receipts.write(i);
			}
		});
	}

	private void insertAll(long first) {
		this.transaction.executeWithoutResult((status) -> {
			for (int i = 0; i < CALLS; i++) {
				insert(first + i, i);
			}
		});
	}

	private void insert(long id, int n) {
		this.jdbc.sql("insert into queue values (?, ?, ?, ?)")
			.params(id, "receipts.write", "{\"0\":" + n + "}", System.currentTimeMillis())
			.update();
	}

	/** For the submissions: what was submitted is delivered before the next time. */
	@State(Scope.Benchmark)
	public static class Drained {

		@Setup(Level.Invocation)
		public void hold(DurableOneway bench) throws InterruptedException {
			Gate.begin();
			bench.receipts.hold(0);
			Gate.entered.await();
			bench.jdbc.sql("delete from queue").update();
		}

		@TearDown(Level.Invocation)
		public void drain(DurableOneway bench) throws InterruptedException {
			if (bench.jdbc.sql("select count(*) from queue").query(Long.class).single() > 0) {
				bench.submitAll();
			}
			Gate.open.countDown();
			Gate.delivered.await();
		}

	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void submit(Drained drained) {
		submitAll();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void plainInsert(Drained drained) {
		insertAll(0);
	}

	/** What most applications do: a change, and a call that must not get lost. */
	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void submitEach(Drained drained) {
		for (int i = 0; i < CALLS; i++) {
			int n = i;
			this.transaction.executeWithoutResult((status) -> {
				change(n);
				this.receipts.write(n);
			});
		}
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void insertEach(Drained drained) {
		for (int i = 0; i < CALLS; i++) {
			int n = i;
			this.transaction.executeWithoutResult((status) -> {
				change(n);
				insert(n, n);
			});
		}
	}

	private void change(int n) {
		this.jdbc.sql("insert into changed values (?)").param(n).update();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void drain(Filled filled) throws InterruptedException {
		Gate.open.countDown();
		Gate.delivered.await();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void deleteAndInsert(Filled filled) throws InterruptedException {
		Thread.startVirtualThread(this::deliverByHand).join();
	}

	/** A platform thread waits for a database with less effort than a virtual one. */
	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void deleteAndInsertByPlatformThread(Filled filled) {
		deliverByHand();
	}

	private void deliverByHand() {
		for (int i = 0; i < CALLS; i++) {
			int id = i;
			this.transaction.executeWithoutResult((status) -> {
				this.jdbc.sql("insert into receipt values (?)").param(id).update();
				this.jdbc.sql("delete from queue where id = ?").param(id).update();
			});
		}
	}

	/** Holds the first call of a lane in its body. */
	private static final class Gate {

		private static volatile CountDownLatch entered = new CountDownLatch(1);

		private static volatile CountDownLatch open = new CountDownLatch(1);

		private static volatile CountDownLatch delivered = new CountDownLatch(CALLS);

		static void begin() {
			entered = new CountDownLatch(1);
			open = new CountDownLatch(1);
			delivered = new CountDownLatch(CALLS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			StateAutoConfiguration.class, DurableAutoConfiguration.class })
	static class Application {

		@Bean
		JdbcClient jdbcClient(DataSource dataSource) {
			return JdbcClient.create(dataSource);
		}

		@Bean
		JdbcTransactionManager transactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

	}

	/** Writes a row for each call. */
	@DeferredHandler
	public static class Receipts {

		private final JdbcClient jdbc;

		public Receipts(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Oneway(durable = true)
		@Transactional
		public void write(long n) {
			this.jdbc.sql("insert into receipt values (?)").param(n).update();
			Gate.delivered.countDown();
		}

		@Oneway(durable = true)
		public void hold(int n) throws InterruptedException {
			Gate.entered.countDown();
			Gate.open.await();
		}

	}

}
