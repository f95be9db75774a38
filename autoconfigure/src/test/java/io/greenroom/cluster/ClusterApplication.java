package io.greenroom.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import io.greenroom.autoconfigure.ClusterAutoConfiguration;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.internal.ClusterHandlers;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
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

	private static final int KEYS = 100;

	private static volatile boolean over;

	/** Whether the next body of this node is to stay before it commits. */
	private static final AtomicBoolean HOLD = new AtomicBoolean();

	/**
	 * On the node that holds one, no other transaction is open: it would hold its row,
	 * too.
	 */
	private static final Semaphore ONE = new Semaphore(1);

	private static volatile boolean holder;

	/**
	 * Runs a node: waits for the others, then makes calls for a while.
	 * @param args its settings
	 */
	public static void main(String[] args) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(ClusterApplication.class)
			.web(WebApplicationType.NONE)
			.run(args);
		Environment environment = context.getEnvironment();
		int nodes = environment.getRequiredProperty("nodes", Integer.class);
		ClusterHandlers cluster = context.getBean(ClusterHandlers.class);
		Until.until("all nodes to be there", Duration.ofSeconds(60), () -> cluster.nodes() == nodes);
		BootProcess.pauseAt("ready");
		if (environment.getProperty("holds", Boolean.class, false)) {
			hold(context.getBean(JdbcClient.class));
		}
		Load load = new Load(context, environment);
		Runtime.getRuntime().addShutdownHook(new Thread(() -> over = true));
		load.run();
		BootProcess.stayAt("done");
	}

	/** Holds transactions open, each time that it is told to, till the load is over. */
	private static void hold(JdbcClient jdbc) {
		holder = true;
		long held = 0;
		while (number(jdbc, "select count(*) from load") == 0) {
			long wanted = number(jdbc, "select coalesce(max(number), 0) from hold");
			if (wanted > held) {
				held = wanted;
				HOLD.set(true);
			}
			LockSupport.parkNanos(20_000_000);
		}
	}

	/** Asks again if it was frozen meanwhile, and its connection is gone. */
	private static long number(JdbcClient jdbc, String sql) {
		try {
			return jdbc.sql(sql).query(Long.class).single();
		}
		catch (DataAccessException frozen) {
			return jdbc.sql(sql).query(Long.class).single();
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
				TransactionSynchronizationManager.registerSynchronization(new Holding(this.key, HOLD.getAndSet(false)));
			}
			this.jdbc.sql("insert into made (key, id) values (?, ?)").params(this.key, id).update();
			return ++this.count;
		}

	}

	/**
	 * Stays in the transaction, if it is to, when all of it is written, the key's row
	 * last; and says of which key.
	 */
	private record Holding(String key, boolean stays) implements TransactionSynchronization {

		@Override
		public void beforeCommit(boolean readOnly) {
			if (this.stays) {
				System.out.println("holds " + this.key + " at " + java.time.Instant.now());
				BootProcess.pauseAt("holding");
			}
		}

		@Override
		public void afterCompletion(int status) {
			ONE.release();
			if (this.stays) {
				BootProcess.at((status == STATUS_COMMITTED) ? "committed" : "not committed");
			}
		}

	}

	/** Calls as fast as they are answered. */
	private static final class Load {

		private final Keyed<String, Counter> counters;

		private final JdbcClient jdbc;

		private final ClusterHandlers cluster;

		private final String node;

		private final long end;

		private final int clients;

		private final boolean apart;

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicLong longest = new AtomicLong();

		private final Map<String, Long> longestByKey = new ConcurrentHashMap<>();

		private final Queue<String> answered = new ConcurrentLinkedQueue<>();

		private final Queue<String> failures = new ConcurrentLinkedQueue<>();

		@SuppressWarnings("unchecked")
		Load(ConfigurableApplicationContext context, Environment environment) {
			this.counters = (Keyed<String, Counter>) context
				.getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, String.class, Counter.class))
				.getObject();
			this.jdbc = context.getBean(JdbcClient.class);
			this.cluster = context.getBean(ClusterHandlers.class);
			this.node = environment.getRequiredProperty("node");
			this.clients = environment.getRequiredProperty("clients", Integer.class);
			this.apart = environment.getProperty("apart", Boolean.class, false);
			this.end = System.nanoTime()
					+ Duration.ofSeconds(environment.getRequiredProperty("seconds", Long.class)).toNanos();
		}

		void run() {
			Thread[] threads = new Thread[this.clients];
			String start = Long.toString(System.nanoTime(), 36);
			for (int i = 0; i < threads.length; i++) {
				String prefix = this.node + "-" + start + "-" + i + "-";
				int client = i;
				threads[i] = Thread.ofVirtual().start(() -> call(prefix, client));
			}
			try {
				for (Thread thread : threads) {
					while (!thread.join(Duration.ofMillis(500))) {
						this.jdbc.sql("insert into sees (node, nodes) values (?, ?)")
							.params(this.node, this.cluster.nodes())
							.update();
						over |= this.jdbc.sql("select count(*) from load").query(Long.class).single() > 0;
					}
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			this.answered.forEach((id) -> this.jdbc.sql("insert into answered (id) values (?)").params(id).update());
			this.longestByKey
				.forEach((key, took) -> this.jdbc.sql("insert into longest (node, key, took) values (?, ?, ?)")
					.params(this.node, key, took / 1_000_000)
					.update());
			this.jdbc.sql("insert into report (node, calls, failed, longest, what) values (?, ?, ?, ?, ?)")
				.params(this.node, this.calls.get(), this.failures.size(), this.longest.get() / 1_000_000,
						this.failures.peek())
				.update();
		}

		/**
		 * Any, or one after the other of those that no other client of the node calls.
		 */
		private int key(int client, int call) {
			return this.apart ? client + this.clients * (call % (KEYS / this.clients))
					: ThreadLocalRandom.current().nextInt(KEYS);
		}

		private void call(String prefix, int client) {
			for (int i = 0; System.nanoTime() < this.end && !over; i++) {
				String id = prefix + i;
				long start = System.nanoTime();
				String key = "k" + key(client, i);
				try {
					this.counters.get(key).add(id);
					this.answered.add(id);
				}
				catch (Throwable failure) {
					java.io.StringWriter stack = new java.io.StringWriter();
					failure.printStackTrace(new java.io.PrintWriter(stack));
					System.out.printf("%s %s failed after %d ms: %s%n", java.time.Instant.now(), key,
							(System.nanoTime() - start) / 1_000_000, failure);
					this.failures.add(stack.toString());
				}
				this.calls.incrementAndGet();
				long took = System.nanoTime() - start;
				this.longest.accumulateAndGet(took, Math::max);
				this.longestByKey.merge(key, took, Math::max);
			}
		}

	}

}
