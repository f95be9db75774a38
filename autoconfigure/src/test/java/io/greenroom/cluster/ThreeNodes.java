package io.greenroom.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Three JVMs over Hazelcast and PostgreSQL that serve one set of keys, under load. */
final class ThreeNodes implements AutoCloseable {

	private final HikariDataSource database = TestDatabase.POSTGRESQL.fresh();

	private final JdbcClient jdbc = JdbcClient.create(this.database);

	final List<BootProcess> nodes = new ArrayList<>();

	private final List<Integer> ports = ports();

	private final int seconds;

	private final int clients;

	private Duration limit = Duration.ofSeconds(2);

	ThreeNodes(int seconds, int clients) {
		this.seconds = seconds;
		this.clients = clients;
		this.jdbc.sql("create table made (key varchar(20), id varchar(40))").update();
		this.jdbc.sql("create table answered (id varchar(40))").update();
		this.jdbc.sql("create table report (node varchar(9), calls int, failed int, longest int, what text)").update();
		this.jdbc.sql("create table longest (node varchar(9), key varchar(20), took int)").update();
		this.jdbc.sql("create table hold (number int)").update();
		this.jdbc.sql("create table load (over boolean)").update();
		this.jdbc.sql("create table sees (node varchar(9), nodes int)").update();
	}

	void start() {
		for (int i = 0; i < 3; i++) {
			this.nodes.add(start(i, 3));
		}
		letGo();
	}

	/**
	 * Starts them so that the third makes no calls of its own, and holds a transaction
	 * open {@linkplain #hold when told to}. Each client of the others has keys of its
	 * own.
	 * @param heartbeatLimit after how long a frozen one is taken for gone; more than
	 * usual, since the two others must not lose sight of each other meanwhile
	 * @param ended how long the database lets a transaction be idle
	 */
	void startHolding(Duration heartbeatLimit, Duration ended) {
		this.limit = heartbeatLimit;
		String name = this.jdbc.sql("select current_database()").query(String.class).single();
		// A statement of this kind takes no parameters.
		this.jdbc
			.sql("alter database %s set idle_in_transaction_session_timeout = %d".formatted(name, ended.toMillis()))
			.update();
		// Else those who wait for the row would be the first to give up.
		String patience = "--greenroom.durable.lock-timeout=20s";
		String clients = "--clients=" + this.clients;
		this.nodes.add(start(0, 3, clients, "--apart=true", patience));
		this.nodes.add(start(1, 3, clients, "--apart=true", patience));
		this.nodes.add(start(2, 3, "--clients=0", "--holds=true"));
		letGo();
	}

	private void letGo() {
		this.nodes.forEach((node) -> node.await("ready"));
		this.nodes.forEach(BootProcess::letOn);
	}

	/** Ends a node by a signal, and starts it again. */
	void restart(int i) {
		this.nodes.get(i).end();
		this.nodes.set(i, start(i, 3));
		this.nodes.get(i).await("ready");
		this.nodes.get(i).letOn();
	}

	private BootProcess start(int i, int of, String... others) {
		List<String> settings = new ArrayList<>(List.of("--database=" + this.database.getJdbcUrl(), "--node=" + i,
				"--nodes=" + of, "--seconds=" + this.seconds,
				"--greenroom.cluster.members="
						+ this.ports.stream().map((port) -> "127.0.0.1:" + port).collect(Collectors.joining(",")),
				"--greenroom.cluster.port=" + this.ports.get(i),
				"--greenroom.cluster.name=three-" + this.ports.getFirst(),
				"--greenroom.cluster.heartbeat-limit=" + this.limit.toSeconds() + "s",
				"--greenroom.deferred.timeout=30s", "--spring.main.banner-mode=off", "--logging.level.root=warn",
				"--logging.level.io.greenroom=info"));
		settings.addAll((others.length > 0) ? List.of(others) : List.of("--clients=" + this.clients));
		return new BootProcess(ClusterApplication.class, settings.toArray(String[]::new));
	}

	/**
	 * Has the third node stay in a transaction that has written a key's row, and freezes
	 * it there.
	 * @return the key
	 */
	String hold() {
		BootProcess holder = this.nodes.get(2);
		this.jdbc.sql("insert into hold (number) select coalesce(max(number), 0) + 1 from hold").update();
		holder.await("holding");
		holder.freeze();
		String output = holder.output();
		return output.substring(output.lastIndexOf("holds ") + "holds ".length()).split(" ", 2)[0];
	}

	/** Has the third node go on from where it holds; its transaction must be over. */
	void letGoOfHeld() {
		BootProcess holder = this.nodes.get(2);
		holder.thaw();
		holder.letOn();
		holder.await("not committed");
	}

	/** Returns whether a transaction has the row of a key. */
	boolean isLocked(String key) {
		return this.jdbc.sql("select key_ from greenroom_row where key_ = ? for update skip locked")
			.param(key)
			.query(String.class)
			.list()
			.isEmpty();
	}

	/** Returns how many calls of each key were made. */
	Map<String, Long> madeByKey() {
		return this.jdbc.sql("select key, count(*) as made from made group by key")
			.query((row, number) -> Map.entry(row.getString("key"), row.getLong("made")))
			.list()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	/** Waits until calls of these keys were made, after those that are known. */
	void untilMade(Map<String, Long> known, Predicate<String> keys) {
		Set<String> missing = new TreeSet<>(known.keySet().stream().filter(keys).toList());
		try {
			Until.until("calls of each key to be made", Duration.ofSeconds(60), () -> {
				Map<String, Long> made = madeByKey();
				missing.removeIf((key) -> made.get(key) > known.get(key));
				return missing.isEmpty();
			});
		}
		catch (AssertionError late) {
			throw new AssertionError("No call was made of " + missing + outputs(), late);
		}
	}

	/** Returns whether a key is called by the same clients as another, which may wait. */
	boolean isCalledWith(String held, String key) {
		return (Integer.parseInt(key.substring(1)) - Integer.parseInt(held.substring(1))) % this.clients == 0;
	}

	/** Returns the longest call of these keys, when the load is over. */
	Duration longest(Predicate<String> keys) {
		return this.jdbc.sql("select key, took from longest")
			.query((row, number) -> keys.test(row.getString("key")) ? row.getLong("took") : 0L)
			.list()
			.stream()
			.max(Long::compare)
			.map(Duration::ofMillis)
			.orElseThrow();
	}

	void endLoad() {
		this.jdbc.sql("insert into load values (true)").update();
	}

	long made() {
		return this.jdbc.sql("select count(*) from made").query(Long.class).single();
	}

	void untilMade(long calls) {
		Until.until("calls to be made", Duration.ofSeconds(60), () -> made() >= calls);
	}

	/** Waits until a node sees so many, from now on. */
	void untilSeen(String node, int nodes) {
		this.jdbc.sql("delete from sees").update();
		Until.until("node " + node + " to see " + nodes, Duration.ofSeconds(60),
				() -> this.jdbc.sql("select count(*) from sees where node = ? and nodes = ?")
					.params(node, nodes)
					.query(Long.class)
					.single() > 0);
	}

	/** Waits until calls were made for so long without the third node. */
	void untilGone(String what, Duration time) {
		long before = made();
		long start = System.nanoTime();
		Until.until("calls to go on without the node that is " + what, Duration.ofSeconds(60),
				() -> System.nanoTime() - start > time.toNanos() && made() > before);
	}

	void check(List<String> living, List<String> undisturbed, Duration longest) {
		List<String> reports = this.jdbc
			.sql("select node || ': ' || calls || ' calls, ' || failed || ' failed, longest '"
					+ " || longest || ' ms ' || coalesce(what, '') from report order by node")
			.query(String.class)
			.list();
		System.out.println(made() + " calls made; " + reports);
		assertThat(this.jdbc.sql("select node from report where failed = 0").query(String.class).list())
			.as(() -> reports + outputs())
			.containsAll(living);
		assertThat(this.jdbc.sql("select count(*) from report where failed > 0").query(Long.class).single())
			.as(() -> reports + outputs())
			.isZero();
		assertThat(this.jdbc.sql("select id from made group by id having count(*) > 1").query(String.class).list())
			.as("made twice")
			.isEmpty();
		assertThat(this.jdbc.sql("select id from answered except select id from made").query(String.class).list())
			.as("answered and not made")
			.isEmpty();
		assertThat(this.jdbc.sql(
				"select r.key_ || ' ' || r.stored || ' ' || count(m.id) from greenroom_row r left join made m on m.key = r.key_ group by r.key_, r.stored having r.stored <> '{\"count\":' || count(m.id) || '}'")
			.query(String.class)
			.list()).as("rows that say otherwise").isEmpty();
		Integer worst = this.jdbc.sql("select max(longest) from report where node in (:nodes)")
			.param("nodes", undisturbed)
			.query(Integer.class)
			.single();
		assertThat(Duration.ofMillis(worst)).isLessThan(longest);
	}

	private String outputs() {
		return this.nodes.stream().map(BootProcess::output).collect(Collectors.joining("\n---\n", "\n", ""));
	}

	private static List<Integer> ports() {
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < 3; i++) {
				sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
			}
			List<Integer> free = sockets.stream().map(ServerSocket::getLocalPort).toList();
			for (ServerSocket socket : sockets) {
				socket.close();
			}
			return free;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.nodes.forEach(BootProcess::close);
		this.database.close();
	}

}
