package io.greenroom.bench;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
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
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.statemachine.config.EnableStateMachineFactory;
import org.springframework.statemachine.config.EnumStateMachineConfigurerAdapter;
import org.springframework.statemachine.config.StateMachineFactory;
import org.springframework.statemachine.config.builders.StateMachineConfigurationConfigurer;
import org.springframework.statemachine.config.builders.StateMachineStateConfigurer;
import org.springframework.statemachine.config.builders.StateMachineTransitionConfigurer;
import org.springframework.statemachine.data.jpa.JpaPersistingStateMachineInterceptor;
import org.springframework.statemachine.data.jpa.JpaStateMachineRepository;
import org.springframework.statemachine.persist.StateMachineRuntimePersister;
import org.springframework.statemachine.service.DefaultStateMachineService;
import org.springframework.statemachine.service.StateMachineService;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/**
 * Three jobs with durable handlers, and as a user would write them without: a balance
 * that many add to (a JPA entity with a version, and retries), an order that changes its
 * status (Spring Statemachine with its JPA persister), and a status with a timeout that
 * survives (an update, and a task of db-scheduler in the same transaction). Eight callers,
 * all on one key or on a thousand. PostgreSQL does not wait for the disk.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(8)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
@Fork(3)
public class DurableBesides {

	@Param({ "1", "1000" })
	private int keys;

	private HikariDataSource pool;

	private AnnotationConfigApplicationContext context;

	private Balances balances;

	private Orders orders;

	private Reservations reservations;

	private Keyed<Long, Account> accounts;

	private Keyed<Long, Order> durableOrders;

	private Keyed<Long, Reservation> durableReservations;

	@Setup
	public void open() {
		this.pool = TestDatabase.POSTGRESQL.fresh();
		JdbcClient jdbc = JdbcClient.create(this.pool);
		jdbc.sql("create table balance (id bigint primary key, version integer, amount integer)").update();
		jdbc.sql("create table reservation (id bigint primary key, status varchar(20))").update();
		jdbc.sql("""
				create table scheduled_tasks (task_name text not null, task_instance text not null, task_data bytea,
				execution_time timestamp with time zone not null, picked boolean not null, picked_by text,
				last_success timestamp with time zone, last_failure timestamp with time zone,
				consecutive_failures int, last_heartbeat timestamp with time zone, version bigint not null,
				priority smallint, state text, primary key (task_name, task_instance))""").update();
		jdbc.sql("create index execution_time_idx on scheduled_tasks (execution_time)").update();
		for (long id : LongStream.range(0, this.keys).toArray()) {
			jdbc.sql("insert into balance values (?, 0, 0)").param(id).update();
			jdbc.sql("insert into reservation values (?, 'OPEN')").param(id).update();
		}
		this.context = new AnnotationConfigApplicationContext();
		this.context.registerBean(DataSource.class, () -> this.pool, (definition) -> definition.setDestroyMethodName(""));
		this.context.register(Application.class, Balances.class, Orders.class, OrderConfiguration.class,
				Reservations.class, Account.class, Order.class, Reservation.class);
		this.context.refresh();
		this.balances = this.context.getBean(Balances.class);
		this.orders = this.context.getBean(Orders.class);
		this.reservations = this.context.getBean(Reservations.class);
		this.accounts = keyed(Account.class);
		this.durableOrders = keyed(Order.class);
		this.durableReservations = keyed(Reservation.class);
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

	private long key() {
		return ThreadLocalRandom.current().nextInt(this.keys);
	}

	@Benchmark
	public int depositByHandler() {
		return this.accounts.get(key()).deposit(1);
	}

	@Benchmark
	public int depositByJpa() {
		return this.balances.deposit(key(), 1);
	}

	@Benchmark
	public String orderByHandler() {
		return this.durableOrders.get(key()).next();
	}

	@Benchmark
	public boolean orderBySpringStatemachine() {
		return this.orders.next(key());
	}

	@Benchmark
	public void timeoutByHandler() {
		this.durableReservations.get(key()).held();
	}

	@Benchmark
	public void timeoutByDbScheduler() {
		this.reservations.hold(key());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@EnableResilientMethods
	@EnableJpaRepositories(basePackageClasses = JpaStateMachineRepository.class)
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			StateAutoConfiguration.class, DurableAutoConfiguration.class })
	static class Application {

		@Bean
		JdbcClient jdbcClient(DataSource dataSource) {
			return JdbcClient.create(dataSource);
		}

		@Bean
		LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
			LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
			factory.setDataSource(dataSource);
			factory.setPackagesToScan("io.greenroom.bench", "org.springframework.statemachine.data.jpa");
			factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
			factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "update"));
			return factory;
		}

		@Bean
		JpaTransactionManager transactionManager(EntityManagerFactory entityManagerFactory) {
			return new JpaTransactionManager(entityManagerFactory);
		}

	}

	/** A balance by hand. */
	@Entity
	@Table(name = "balance")
	public static class Balance {

		@Id
		private long id;

		@Version
		private int version;

		private int amount;

	}

	/** What a user would write for it. */
	public static class Balances {

		@PersistenceContext
		private EntityManager entities;

		@Retryable(includes = OptimisticLockingFailureException.class, maxRetries = 1000, delay = 1, jitter = 1)
		@Transactional
		public int deposit(long id, int amount) {
			Balance balance = this.entities.find(Balance.class, id);
			balance.amount += amount;
			return balance.amount;
		}

	}

	/** The same with Greenroom. */
	@DeferredHandler
	@Durable
	public static class Account {

		@Stored
		private int amount;

		public Account(@Key Long key) {
		}

		public int deposit(int more) {
			this.amount += more;
			return this.amount;
		}

	}

	/** The statuses of an order. */
	public enum Status {

		OPEN, PAID

	}

	/** What happens to an order. */
	public enum Event {

		NEXT

	}

	/** An order's statuses with Spring Statemachine. */
	@Configuration
	@EnableStateMachineFactory
	public static class OrderConfiguration extends EnumStateMachineConfigurerAdapter<Status, Event> {

		private final StateMachineRuntimePersister<Status, Event, String> persister;

		public OrderConfiguration(JpaStateMachineRepository repository) {
			this.persister = new JpaPersistingStateMachineInterceptor<>(repository);
		}

		@Override
		public void configure(StateMachineConfigurationConfigurer<Status, Event> config) throws Exception {
			config.withPersistence().runtimePersister(this.persister);
		}

		@Override
		public void configure(StateMachineStateConfigurer<Status, Event> states) throws Exception {
			states.withStates().initial(Status.OPEN).states(EnumSet.allOf(Status.class));
		}

		@Override
		public void configure(StateMachineTransitionConfigurer<Status, Event> transitions) throws Exception {
			transitions.withExternal()
				.source(Status.OPEN)
				.target(Status.PAID)
				.event(Event.NEXT)
				.and()
				.withExternal()
				.source(Status.PAID)
				.target(Status.OPEN)
				.event(Event.NEXT);
		}

		@Bean
		StateMachineService<Status, Event> stateMachineService(StateMachineFactory<Status, Event> factory) {
			return new DefaultStateMachineService<>(factory, this.persister);
		}

	}

	/** What a user would write around it, and one at a time for an order. */
	public static class Orders {

		private final StateMachineService<Status, Event> machines;

		private final List<Object> locks = LongStream.range(0, 64).mapToObj((lock) -> new Object()).toList();

		public Orders(StateMachineService<Status, Event> machines) {
			this.machines = machines;
		}

		@SuppressWarnings("deprecation")
		public boolean next(long id) {
			synchronized (this.locks.get((int) (id % 64))) {
				return this.machines.acquireStateMachine("order-" + id).sendEvent(Event.NEXT);
			}
		}

	}

	/** The same with Greenroom. */
	@DeferredHandler
	@Durable
	public static class Order {

		private boolean isPaid;

		public Order(@Key Long key) {
		}

		public String next() {
			this.isPaid = !this.isPaid;
			if (this.isPaid) {
				paid();
				return "paid";
			}
			open();
			return "open";
		}

		@io.greenroom.state.State(initial = true, transitionsTo = "paid")
		public void open() {
		}

		@io.greenroom.state.State(initial = true, transitionsTo = "open")
		public void paid() {
		}

	}

	/** A reservation by hand, whose timeout survives. */
	public static class Reservations {

		private final JdbcClient jdbc;

		private final SchedulerClient tasks;

		private final AtomicLong ids = new AtomicLong();

		public Reservations(JdbcClient jdbc, DataSource dataSource) {
			this.jdbc = jdbc;
			this.tasks = SchedulerClient.Builder
				.create(new TransactionAwareDataSourceProxy(dataSource))
				.build();
		}

		@Transactional
		public void hold(long id) {
			this.jdbc.sql("update reservation set status = 'HELD' where id = ?").param(id).update();
			this.tasks.scheduleIfNotExists(
					new TaskInstance<>("expire", id + "-" + this.ids.incrementAndGet(), null),
					Instant.now().plusSeconds(3600));
		}

	}

	/** The same with Greenroom. */
	@DeferredHandler
	@Durable
	public static class Reservation {

		public Reservation(@Key Long key) {
		}

		@io.greenroom.state.State(initial = true, transitionsTo = "held")
		public void open() {
		}

		@io.greenroom.state.State(initial = true, transitionsTo = { "held", "open" }, timeout = "1h", onTimeout = "open")
		public void held() {
		}

	}

}
