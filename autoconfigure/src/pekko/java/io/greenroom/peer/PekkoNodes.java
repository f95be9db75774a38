package io.greenroom.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.state.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.state.javadsl.DurableStateBehavior;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The job of {@code ThreeNodesLongForm}'s {@code kill -9} with Pekko Cluster Sharding and
 * durable state in PostgreSQL: three JVMs, each with clients that add to counters, one of
 * which is killed. Counts what the callers of the other two are told.
 */
public final class PekkoNodes {

	private static final int KEYS = 100;

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private PekkoNodes() {
	}

	/**
	 * Runs the trial, each time on a database of its own.
	 * @param arguments how often; how long a caller waits before it asks again, or 0 for
	 * never; other settings of Pekko, as {@code name=value}
	 */
	public static void main(String[] arguments) throws IOException {
		if (arguments[0].equals("node")) {
			Node.run(List.of(arguments));
			return;
		}
		int runs = Integer.parseInt(arguments[0]);
		for (int i = 0; i < runs; i++) {
			System.out.println(run(arguments[1], List.of(arguments).subList(2, arguments.length)));
		}
		System.exit(0);
	}

	private static String run(String again, List<String> settings) throws IOException {
		List<Integer> ports = ports();
		List<BootProcess> nodes = new ArrayList<>();
		try (HikariDataSource database = TestDatabase.POSTGRESQL.fresh()) {
			JdbcClient jdbc = JdbcClient.create(database);
			jdbc.sql("""
					create table durable_state (global_offset bigserial, persistence_id varchar(255) primary key,
					revision bigint not null, state_payload bytea not null, state_serial_id integer not null,
					state_serial_manifest varchar(255), tag varchar, state_timestamp bigint not null)""").update();
			try {
				for (int port : ports) {
					List<String> arguments = new ArrayList<>(
							List.of("node", database.getJdbcUrl(), String.valueOf(port), ports.toString(), again));
					arguments.addAll(settings);
					nodes.add(new BootProcess(PekkoNodes.class, arguments.toArray(String[]::new)));
				}
				nodes.forEach((node) -> node.await("ready"));
				nodes.forEach(BootProcess::letOn);
				nodes.forEach((node) -> node.await("warm"));
				nodes.getFirst().kill();
				nodes.subList(1, 3).forEach((node) -> node.await("done"));
				nodes.get(1).letOn();
				nodes.get(1).await("read");
				StringBuilder told = new StringBuilder("pekko, asked again after " + again + " s " + settings + ":");
				nodes.subList(1, 3)
					.forEach((node) -> node.output()
						.lines()
						.filter((line) -> line.startsWith("told"))
						.forEach((line) -> told.append(" [").append(line).append("]")));
				return told.toString();
			}
			finally {
				nodes.forEach(BootProcess::close);
			}
		}
	}

	private static List<Integer> ports() throws IOException {
		List<Integer> ports = new ArrayList<>();
		List<ServerSocket> sockets = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
			ports.add(sockets.getLast().getLocalPort());
		}
		for (ServerSocket socket : sockets) {
			socket.close();
		}
		return ports;
	}

	/** What is asked of a counter. */
	interface Command extends java.io.Serializable {

	}

	/** Adds one, once for each number of a client. */
	record Add(String client, int number, ActorRef<Integer> answer) implements Command {

		private static final long serialVersionUID = 1L;

	}

	/** Asks for the count. */
	record Read(ActorRef<Integer> answer) implements Command {

		private static final long serialVersionUID = 1L;

	}

	/**
	 * What is stored.
	 *
	 * @param count the count
	 * @param last the last number of each client
	 */
	record Count(int count, Map<String, Integer> last) implements java.io.Serializable {

		private static final long serialVersionUID = 1L;

		Count add(String client, int number) {
			Map<String, Integer> next = new HashMap<>(this.last);
			next.put(client, number);
			return new Count(this.count + 1, next);
		}

	}

	/** One key. */
	static final class Counter extends DurableStateBehavior<Command, Count> {

		static final EntityTypeKey<Command> TYPE = EntityTypeKey.create(Command.class, "counter");

		Counter(String key) {
			super(PersistenceId.of("counter", key));
		}

		static Behavior<Command> create(String key) {
			return Behaviors.setup((context) -> new Counter(key));
		}

		@Override
		public Count emptyState() {
			return new Count(0, Map.of());
		}

		@Override
		public CommandHandler<Command, Count> commandHandler() {
			return newCommandHandlerBuilder().forAnyState()
				.onCommand(Add.class,
						(count, add) -> (count.last().getOrDefault(add.client(), -1) >= add.number())
								? Effect().reply(add.answer(), count.count())
								: Effect().persist(count.add(add.client(), add.number()))
									.thenReply(add.answer(), Count::count))
				.onCommand(Read.class, (count, read) -> Effect().reply(read.answer(), count.count()))
				.build();
		}

	}

	/** One of the JVMs. */
	private static final class Node {

		private static final int CLIENTS = 6;

		private static final AtomicLong ANSWERED = new AtomicLong();

		private static final AtomicLong FAILED = new AtomicLong();

		private static final AtomicLong LONGEST = new AtomicLong();

		private static volatile boolean over;

		static void run(List<String> arguments) {
			String url = arguments.get(1);
			String port = arguments.get(2);
			Duration again = Duration.ofSeconds(Integer.parseInt(arguments.get(4)));
			StringBuilder seeds = new StringBuilder();
			for (String other : arguments.get(3).replaceAll("[\\[\\] ]", "").split(",")) {
				seeds.append(seeds.isEmpty() ? "" : ",").append("\"pekko://counters@127.0.0.1:").append(other).append('"');
			}
			Config config = ConfigFactory.parseString(String.join("\n", arguments.subList(5, arguments.size())))
				.withFallback(ConfigFactory.parseString("""
						pekko {
						  loglevel = WARNING
						  actor.provider = cluster
						  actor.allow-java-serialization = on
						  actor.warn-about-java-serializer-usage = off
						  remote.artery.canonical { hostname = "127.0.0.1", port = %s }
						  cluster.seed-nodes = [%s]
						  cluster.downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
						  persistence.state.plugin = "jdbc-durable-state-store"
						}
						jdbc-durable-state-store.slick {
						  profile = "slick.jdbc.PostgresProfile$"
						  db { url = "%s", user = postgres, password = "", driver = org.postgresql.Driver,
						    numThreads = 20, maxConnections = 20, minConnections = 1 }
						}
						""".formatted(port, seeds, url)))
				.withFallback(ConfigFactory.load());
			ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "counters", config);
			ClusterSharding sharding = ClusterSharding.get(system);
			sharding.init(Entity.of(Counter.TYPE, (context) -> Counter.create(context.getEntityId())));
			Until.until("all to be there", Duration.ofSeconds(60), () -> {
				int[] up = new int[1];
				Cluster.get(system)
					.state()
					.getMembers()
					.forEach((member) -> up[0] += member.status()
						.equals(org.apache.pekko.cluster.MemberStatus.up()) ? 1 : 0);
				return up[0] == 3;
			});
			BootProcess.pauseAt("ready");
			List<Thread> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				String client = port + "-" + i;
				clients.add(Thread.ofPlatform().start(() -> call(sharding, client, again)));
			}
			Until.until("some to be answered", Duration.ofSeconds(60), () -> ANSWERED.get() > 400);
			LONGEST.set(0);
			BootProcess.at("warm");
			end(clients);
			System.out.printf("told %d answered, %d failed, longest %d ms%n", ANSWERED.get(), FAILED.get(),
					LONGEST.get() / 1_000_000);
			BootProcess.pauseAt("done");
			long sum = 0;
			for (int key = 0; key < KEYS; key++) {
				sum += sharding.entityRefFor(Counter.TYPE, "k" + key)
					.<Integer>ask(Read::new, TIMEOUT)
					.toCompletableFuture()
					.join();
			}
			System.out.println("told the counters say " + sum);
			BootProcess.stayAt("read");
		}

		/** Long enough for the time of all who wait for the node that is gone. */
		private static void end(List<Thread> clients) {
			try {
				TimeUnit.SECONDS.sleep(50);
				over = true;
				for (Thread client : clients) {
					client.join();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private static void call(ClusterSharding sharding, String client, Duration again) {
			for (int number = 0; !over; number++) {
				String key = "k" + ThreadLocalRandom.current().nextInt(KEYS);
				long start = System.nanoTime();
				if (add(sharding, key, client, number, again, start)) {
					ANSWERED.incrementAndGet();
				}
				else {
					FAILED.incrementAndGet();
				}
				LONGEST.accumulateAndGet(System.nanoTime() - start, Math::max);
			}
		}

		private static boolean add(ClusterSharding sharding, String key, String client, int number, Duration again,
				long start) {
			Duration wait = again.isZero() ? TIMEOUT : again;
			do {
				try {
					sharding.entityRefFor(Counter.TYPE, key)
						.<Integer>ask((answer) -> new Add(client, number, answer), wait)
						.toCompletableFuture()
						.join();
					return true;
				}
				catch (CompletionException failure) {
					if (!(failure.getCause() instanceof TimeoutException)) {
						System.out.println(failure);
					}
				}
			}
			while (!again.isZero() && System.nanoTime() - start < TIMEOUT.toNanos());
			return false;
		}

	}

}
