package io.greenroom.cluster;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.greenroom.autoconfigure.ClusterAutoConfiguration;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.internal.ClusterHandlers;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.Forwarder;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** One of several nodes, with clients of its own. */
@Configuration(proxyBeanMethods = false)
@EnableTransactionManagement
@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
		StateAutoConfiguration.class, DurableAutoConfiguration.class, ClusterAutoConfiguration.class })
@Import(ClusterApplication.Counter.class)
class ClusterApplication {

	/** What the line of a failed call begins with. */
	static final String FAILED = "failed call ";

	/** Where a transaction is held. */
	static final String BEFORE_COMMIT = "before";

	/** Where a call is held that is committed and not answered. */
	static final String AFTER_COMMIT = "after";

	private static final String NOWHERE = "nowhere";

	/** Whether the next body of this node is to stay, and where. */
	private static final AtomicReference<String> HOLD = new AtomicReference<>(NOWHERE);

	/**
	 * On the node that holds one, no other transaction is open: it would hold its row,
	 * too.
	 */
	private static final Semaphore ONE = new Semaphore(1);

	private static volatile boolean holder;

	/**
	 * Runs a node: waits for the others, makes calls for a while, and at last reads what
	 * has come of them.
	 * @param args its settings
	 */
	public static void main(String[] args) {
		forward(new SimpleCommandLinePropertySource(args));
		ConfigurableApplicationContext context = new SpringApplicationBuilder(ClusterApplication.class)
			.web(WebApplicationType.NONE)
			.run(args);
		Environment environment = context.getEnvironment();
		BootProcess.at("up");
		int nodes = environment.getRequiredProperty("nodes", Integer.class);
		ClusterHandlers cluster = context.getBean(ClusterHandlers.class);
		Until.until("all nodes to be there", Duration.ofSeconds(60), () -> cluster.nodes() == nodes);
		BootProcess.pauseAt("ready");
		if (environment.getProperty("holds", Boolean.class, false)) {
			hold(context.getBean(JdbcClient.class));
		}
		Load load = context.getBean(Load.class);
		load.run();
		BootProcess.pauseAt("done");
		load.read();
		BootProcess.stayAt("read");
	}

	/** The database is on another host. */
	private static void forward(SimpleCommandLinePropertySource settings) {
		String socket = settings.getProperty("socket");
		if (socket != null) {
			new Forwarder(Integer.parseInt(socket.substring(socket.lastIndexOf('.') + 1)), Path.of(socket));
		}
	}

	/** Holds transactions open, each time that it is told to, till the load is over. */
	private static void hold(JdbcClient jdbc) {
		holder = true;
		long held = number(jdbc, "select coalesce(max(number), 0) from hold");
		while (number(jdbc, "select count(*) from load") == 0) {
			long wanted = number(jdbc, "select coalesce(max(number), 0) from hold");
			if (wanted > held) {
				held = wanted;
				HOLD.set(jdbc.sql("select place from hold where number = ?").param(held).query(String.class).single());
			}
			LockSupport.parkNanos(20_000_000);
		}
	}

	private static long number(JdbcClient jdbc, String sql) {
		return again(() -> jdbc.sql(sql).query(Long.class).single());
	}

	/** Asks again while the database is away, or if this node was frozen meanwhile. */
	private static <T> T again(Supplier<T> work) {
		long start = System.nanoTime();
		while (true) {
			try {
				return work.get();
			}
			catch (DataAccessException away) {
				if (System.nanoTime() - start > Duration.ofSeconds(60).toNanos()) {
					throw away;
				}
				LockSupport.parkNanos(100_000_000);
			}
		}
	}

	@Bean
	DataSource dataSource(Environment environment) {
		return TestDatabase.pool(environment.getRequiredProperty("database"), 20);
	}

	@Bean
	JdbcTransactionManager transactionManager(DataSource dataSource) {
		return new JdbcTransactionManager(dataSource);
	}

	@Bean
	JdbcClient jdbcClient(DataSource dataSource) {
		return JdbcClient.create(dataSource);
	}

	@Bean
	Load load(ConfigurableApplicationContext context, Environment environment) {
		return new Load(context, environment);
	}

	/** Counts, and enters each call in a table of the user's. */
	@DeferredHandler
	@Durable(name = "counter")
	static class Counter {

		private final String key;

		private final JdbcClient jdbc;

		@Stored
		private int count;

		Counter(@Key String key, JdbcClient jdbc) {
			this.key = key;
			this.jdbc = jdbc;
		}

		@Transactional
		int add(String id) {
			if (holder) {
				ONE.acquireUninterruptibly();
				TransactionSynchronizationManager
					.registerSynchronization(new Holding(this.key, HOLD.getAndSet(NOWHERE)));
			}
			this.count++;
			this.jdbc.sql("insert into made (key, number, id) values (?, ?, ?)")
				.params(this.key, this.count, id)
				.update();
			return this.count;
		}

		@ReadOnly
		int count() {
			return this.count;
		}

	}

	/**
	 * Stays in the transaction, if it is to: when all of it is written, the key's row
	 * last, or when it is committed and the caller has no answer. Says of which key.
	 */
	private record Holding(String key, String place) implements TransactionSynchronization {

		@Override
		public void beforeCommit(boolean readOnly) {
			stay(BEFORE_COMMIT);
		}

		@Override
		public void afterCommit() {
			stay(AFTER_COMMIT);
		}

		private void stay(String here) {
			if (this.place.equals(here)) {
				System.out.println("holds " + this.key + " at " + Instant.now());
				BootProcess.pauseAt("holding");
			}
		}

		@Override
		public void afterCompletion(int status) {
			ONE.release();
			if (this.place.equals(BEFORE_COMMIT)) {
				BootProcess.at((status == STATUS_COMMITTED) ? "committed" : "not committed");
			}
		}

	}

	/**
	 * Calls as fast as it is answered. Ends first when the node is told to end, as a web
	 * server would.
	 */
	static final class Load implements SmartLifecycle {

		private static final Duration SLOW = Duration.ofSeconds(1);

		private final ConfigurableApplicationContext context;

		private final JdbcClient jdbc;

		private final String node;

		private final Duration length;

		private final int clients;

		private final int keys;

		private final boolean apart;

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicInteger slow = new AtomicInteger();

		private final AtomicInteger failures = new AtomicInteger();

		private final AtomicLong longest = new AtomicLong();

		private final Map<String, Long> longestByKey = new ConcurrentHashMap<>();

		private final Queue<Object[]> answered = new ConcurrentLinkedQueue<>();

		private final CountDownLatch reported = new CountDownLatch(1);

		private volatile boolean running;

		private volatile boolean over;

		Load(ConfigurableApplicationContext context, Environment environment) {
			this.context = context;
			this.jdbc = context.getBean(JdbcClient.class);
			this.node = environment.getRequiredProperty("node");
			this.clients = environment.getRequiredProperty("clients", Integer.class);
			this.keys = environment.getRequiredProperty("keys", Integer.class);
			this.apart = environment.getProperty("apart", Boolean.class, false);
			this.length = Duration.ofSeconds(environment.getRequiredProperty("seconds", Long.class));
		}

		@SuppressWarnings("unchecked")
		private Keyed<String, Counter> counters() {
			return (Keyed<String, Counter>) this.context
				.getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, String.class, Counter.class))
				.getObject();
		}

		void run() {
			this.running = true;
			Keyed<String, Counter> counters = counters();
			Thread[] threads = new Thread[this.clients];
			long now = System.nanoTime();
			for (int i = 0; i < threads.length; i++) {
				String prefix = this.node + "-" + Long.toString(now, 36) + "-" + i + "-";
				int client = i;
				threads[i] = Thread.ofVirtual()
					.start(() -> call(counters, prefix, client, now + this.length.toNanos()));
			}
			try {
				for (Thread thread : threads) {
					while (!thread.join(Duration.ofMillis(500))) {
						look();
					}
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			report();
			this.reported.countDown();
		}

		private void look() {
			int seen = this.context.getBean(ClusterHandlers.class).nodes();
			again(() -> this.jdbc.sql("insert into sees (node, nodes) values (?, ?)").params(this.node, seen).update());
			this.over |= number(this.jdbc, "select count(*) from load") > 0;
		}

		private void report() {
			JdbcTemplate batches = new JdbcTemplate(this.context.getBean(DataSource.class));
			again(() -> batches.batchUpdate("insert into answered (id, number) values (?, ?)",
					List.copyOf(this.answered)));
			again(() -> batches.batchUpdate("insert into longest (node, key, took) values (?, ?, ?)",
					this.longestByKey.entrySet()
						.stream()
						.map((entry) -> new Object[] { this.node, entry.getKey(), entry.getValue() / 1_000_000 })
						.toList()));
			long stored = this.context.getBean(ClusterHandlers.class).counts().get("stored");
			again(() -> this.jdbc
				.sql("insert into report (node, calls, failed, slow, longest, stored) values (?, ?, ?, ?, ?, ?)")
				.params(this.node, this.calls.get(), this.failures.get(), this.slow.get(),
						this.longest.get() / 1_000_000, stored)
				.update());
		}

		/** What each key says of itself must be what is stored. */
		void read() {
			Keyed<String, Counter> counters = counters();
			for (int i = 0; i < this.keys; i++) {
				String key = "k" + i;
				int count = counters.get(key).count();
				this.jdbc.sql("insert into read (node, key, number) values (?, ?, ?)")
					.params(this.node, key, count)
					.update();
			}
		}

		/**
		 * Any, or one after the other of those that no other client of the node calls.
		 */
		private int key(int client, int call) {
			return this.apart ? client + this.clients * (call % (this.keys / this.clients))
					: ThreadLocalRandom.current().nextInt(this.keys);
		}

		private void call(Keyed<String, Counter> counters, String prefix, int client, long end) {
			for (int i = 0; System.nanoTime() < end && !this.over; i++) {
				String id = prefix + i;
				String key = "k" + key(client, i);
				long start = System.nanoTime();
				try {
					int number = counters.get(key).add(id);
					this.answered.add(new Object[] { id, number });
				}
				catch (Throwable failure) {
					this.failures.incrementAndGet();
					failed(id, key, System.nanoTime() - start, failure);
				}
				this.calls.incrementAndGet();
				long took = System.nanoTime() - start;
				if (took > SLOW.toNanos()) {
					this.slow.incrementAndGet();
				}
				this.longest.accumulateAndGet(took, Math::max);
				this.longestByKey.merge(key, took, Math::max);
			}
		}

		/** In the output, because the database may be away. */
		private static void failed(String id, String key, long nanos, Throwable failure) {
			StringWriter stack = new StringWriter();
			failure.printStackTrace(new PrintWriter(stack));
			System.out.println(FAILED + id + " " + key + " " + nanos / 1_000_000 + " " + failure.getClass().getName()
					+ " at " + Instant.now() + ": " + failure.getMessage() + "\n" + stack);
		}

		@Override
		public void start() {
			// Started by the main method, when all nodes are there.
		}

		@Override
		public void stop() {
			this.over = true;
			try {
				this.reported.await(60, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

}
