package io.greenroom.bench;

import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.testkit.TestDatabase;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
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
import org.springframework.core.ResolvableType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/**
 * What durability costs, each beside what a user would write without it: a call that
 * changes one stored field against a handler with one plain update by primary key; a
 * transactional call with an insert of its own against the same without
 * {@code @Durable}; and a move from one state at rest to another, which writes twice,
 * against a handler with two plain updates. PostgreSQL does not wait for the disk here,
 * so that the difference is not hidden behind it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class DurableCall {

	@Param({ "H2", "POSTGRESQL" })
	private TestDatabase database;

	private HikariDataSource pool;

	private AnnotationConfigApplicationContext context;

	private Plain plain;

	private Counting counting;

	private Switch lamp;

	private boolean on;

	@Setup
	public void open() {
		this.pool = this.database.fresh();
		JdbcClient jdbc = JdbcClient.create(this.pool);
		jdbc.sql("create table counter (id bigint primary key, n integer)").update();
		jdbc.sql("create table note (n integer)").update();
		jdbc.sql("insert into counter values (1, 0)").update();
		this.context = new AnnotationConfigApplicationContext();
		this.context.registerBean(DataSource.class, () -> this.pool, (definition) -> definition.setDestroyMethodName(""));
		this.context.register(Application.class, Plain.class, Counting.class, Switch.class);
		this.context.refresh();
		this.plain = this.context.getBean(Plain.class);
		this.counting = keyed(Counting.class).get(1L);
		this.lamp = keyed(Switch.class).get(1L);
		this.lamp.off();
	}

	private <T> Keyed<Long, T> keyed(Class<T> type) {
		return this.context
			.<Keyed<Long, T>>getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, Long.class, type))
			.getObject();
	}

	@TearDown
	public void close() {
		this.context.close();
		this.pool.close();
	}

	@Benchmark
	public int plainUpdate() {
		return this.plain.update();
	}

	@Benchmark
	public int durable() {
		return this.counting.increment();
	}

	@Benchmark
	public int plainInsertInTransaction() {
		return this.plain.note();
	}

	@Benchmark
	public int durableInsertInTransaction() {
		return this.counting.note();
	}

	@Benchmark
	public int twoPlainUpdates() {
		return this.plain.updateTwice();
	}

	@Benchmark
	public void durableMove() {
		this.on = !this.on;
		if (this.on) {
			this.lamp.on();
		}
		else {
			this.lamp.off();
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

	/** What a user would write. */
	@DeferredHandler
	public static class Plain {

		private final JdbcClient jdbc;

		private int count;

		public Plain(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		public int update() {
			this.jdbc.sql("update counter set n = ? where id = 1").param(++this.count).update();
			return this.count;
		}

		public int updateTwice() {
			update();
			return update();
		}

		@Transactional
		public int note() {
			this.jdbc.sql("insert into note values (?)").param(++this.count).update();
			return this.count;
		}

	}

	/** Keeps its count. */
	@DeferredHandler
	@Durable
	public static class Counting {

		private final JdbcClient jdbc;

		@Stored
		private int count;

		public Counting(@Key Long key, JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		public int increment() {
			return ++this.count;
		}

		@Transactional
		public int note() {
			this.jdbc.sql("insert into note values (?)").param(++this.count).update();
			return this.count;
		}

	}

	/** Keeps its state. */
	@DeferredHandler
	@Durable
	public static class Switch {

		public Switch(@Key Long key) {
		}

		@io.greenroom.state.State(initial = true, transitionsTo = "on")
		public void off() {
		}

		@io.greenroom.state.State(transitionsTo = "off")
		public void on() {
		}

	}

}
