package io.greenroom.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.FreePorts;
import io.greenroom.testkit.Hosts;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three JVMs over Hazelcast and PostgreSQL that serve one set of keys, under load; a
 * fourth may join them. What was answered must be stored, once, in the order of its
 * numbers, and each node must read what is stored, whatever happened.
 */
final class ThreeNodes implements AutoCloseable {

	private static final int PORT = 5790;

	/** Nanoseconds between two looks at the database, which has others to serve. */
	private static final long LOOKING = 20_000_000;

	private final HikariDataSource database;

	private final JdbcClient jdbc;

	/** By number; some may be gone. */
	final List<BootProcess> nodes = new ArrayList<>();

	/** These and those before them. */
	private final List<BootProcess> all = new ArrayList<>();

	private final List<Integer> ports;

	private final int seconds;

	private final int clients;

	private final @Nullable Hosts hosts;

	private int keys = 100;

	private Duration limit = Duration.ofSeconds(10);

	private Duration timeout = Duration.ofSeconds(30);

	private boolean holding;

	/**
	 * Starts nothing yet.
	 * @param seconds how long to make calls, unless told to end
	 * @param clients of each node
	 */
	ThreeNodes(int seconds, int clients) {
		this(seconds, clients, TestDatabase.POSTGRESQL.fresh(), null, 3);
	}

	/**
	 * Starts nothing yet.
	 * @param seconds how long to make calls, unless told to end
	 * @param clients of each node
	 * @param database where all is kept
	 * @param hosts where the nodes run; null for this one
	 * @param members how many nodes know each other
	 */
	ThreeNodes(int seconds, int clients, HikariDataSource database, @Nullable Hosts hosts, int members) {
		this.seconds = seconds;
		this.clients = clients;
		this.database = database;
		this.hosts = hosts;
		this.jdbc = JdbcClient.create(database);
		this.ports = (hosts != null) ? Collections.nCopies(members, PORT) : FreePorts.of(members);
		this.jdbc.sql("create table made (key varchar(20), number int, id varchar(40))").update();
		this.jdbc.sql("create index made_key on made (key)").update();
		this.jdbc.sql("create table answered (id varchar(40), number int)").update();
		this.jdbc.sql("create table report (node varchar(9), calls int, failed int, slow int, longest int, stored int)")
			.update();
		this.jdbc.sql("create table longest (node varchar(9), key varchar(20), took int)").update();
		this.jdbc.sql("create table hold (number int, place varchar(9))").update();
		this.jdbc.sql("create table load (over boolean)").update();
		this.jdbc.sql("create table sees (node varchar(9), nodes int)").update();
		this.jdbc.sql("create table read (node varchar(9), key varchar(20), number int)").update();
	}

	ThreeNodes keys(int number) {
		this.keys = number;
		return this;
	}

	/**
	 * Sets after how long a node that is not heard of is taken for gone. If it is short,
	 * nodes lose sight of each other on a busy machine.
	 */
	ThreeNodes heartbeatLimit(Duration time) {
		this.limit = time;
		return this;
	}

	ThreeNodes timeout(Duration time) {
		this.timeout = time;
		return this;
	}

	/** Starts them one after the other, so that the first is the oldest. */
	void start() {
		for (int i = 0; i < 3; i++) {
			this.nodes.add(start(i, 3));
			this.nodes.get(i).await("up");
		}
		this.nodes.forEach((node) -> node.await("ready"));
		this.nodes.forEach(BootProcess::letOn);
	}

	/**
	 * Starts them so that the third makes no calls of its own, and holds a transaction
	 * open {@linkplain #hold when told to}. Each client of the others has keys of its
	 * own.
	 * @param ended how long the database lets a transaction be idle
	 */
	void startHolding(Duration ended) {
		this.holding = true;
		endTransactions(ended);
		start();
	}

	/** Has the database end transactions that are idle for so long. */
	ThreeNodes endTransactions(Duration idle) {
		String name = this.jdbc.sql("select current_database()").query(String.class).single();
		// A statement of this kind takes no parameters.
		this.jdbc.sql("alter database %s set idle_in_transaction_session_timeout = %d".formatted(name, idle.toMillis()))
			.update();
		return this;
	}

	/** Starts a node again, which is gone, as the third; or one more, as the fourth. */
	void start(int i) {
		int of = 1 + (int) this.nodes.stream().filter(BootProcess::isAlive).count();
		BootProcess node = start(i, of);
		if (i < this.nodes.size()) {
			this.nodes.set(i, node);
		}
		else {
			this.nodes.add(node);
		}
		node.await("up", "ready");
		node.letOn();
	}

	private BootProcess start(int i, int of) {
		List<String> settings = new ArrayList<>(List.of("--database=" + this.database.getJdbcUrl(), "--node=" + i,
				"--nodes=" + of, "--seconds=" + this.seconds, "--keys=" + this.keys,
				"--greenroom.cluster.members=" + members(), "--greenroom.cluster.port=" + this.ports.get(i),
				"--greenroom.cluster.name=three-" + this.ports.getFirst(),
				"--greenroom.cluster.heartbeat-limit=" + this.limit.toSeconds() + "s",
				"--greenroom.deferred.timeout=" + this.timeout.toSeconds() + "s", "--spring.main.banner-mode=off",
				"--logging.level.root=warn", "--logging.level.io.greenroom=info"));
		if (this.holding) {
			// Else those who wait for the row would be the first to give up.
			settings.add("--greenroom.durable.lock-timeout=20s");
			settings.addAll((i == 2) ? List.of("--clients=0", "--holds=true")
					: List.of("--clients=" + this.clients, "--apart=true"));
		}
		else {
			settings.add("--clients=" + this.clients);
		}
		List<String> launcher = List.of();
		if (this.hosts != null) {
			launcher = this.hosts.launcher(i);
			settings.add("--greenroom.cluster.interface=" + this.hosts.address(i));
			settings.add("--socket=" + TestDatabase.socket(this.database.getJdbcUrl()));
		}
		BootProcess node = new BootProcess(launcher, List.of(), ClusterApplication.class,
				settings.toArray(String[]::new));
		this.all.add(node);
		return node;
	}

	private String members() {
		List<String> members = new ArrayList<>();
		for (int i = 0; i < this.ports.size(); i++) {
			members.add(((this.hosts != null) ? this.hosts.address(i) : "127.0.0.1") + ":" + this.ports.get(i));
		}
		return String.join(",", members);
	}

	/**
	 * Has the third node stay in a call, in its transaction that has written the key's
	 * row, or after its commit.
	 * @param place one of those that the application knows
	 * @return the key
	 */
	String hold(String place) {
		BootProcess holder = this.nodes.get(2);
		this.jdbc.sql("insert into hold (number, place) select coalesce(max(number), 0) + 1, ? from hold")
			.param(place)
			.update();
		holder.await("holding");
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

	/** Waits until a call of each key was made, so that each has a row to lock. */
	void untilEachMade() {
		Until.until("a call of each key to be made", Duration.ofSeconds(60),
				() -> pausing(() -> madeByKey().size() == this.keys));
	}

	/** Waits until calls of these keys were made, after those that are known. */
	void untilMade(Map<String, Long> known, Predicate<String> keys) {
		Set<String> missing = new TreeSet<>(known.keySet().stream().filter(keys).toList());
		try {
			Until.until("calls of each key to be made", Duration.ofSeconds(60), () -> {
				LockSupport.parkNanos(LOOKING);
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

	long made() {
		return this.jdbc.sql("select count(*) from made").query(Long.class).single();
	}

	void untilMade(long calls) {
		untilMade(calls, Duration.ofSeconds(60));
	}

	void untilMade(long calls, Duration limit) {
		try {
			Until.until("calls to be made", limit, () -> pausing(() -> made() >= calls));
		}
		catch (AssertionError late) {
			throw new AssertionError(late.getMessage() + outputs(), late);
		}
	}

	private static boolean pausing(BooleanSupplier condition) {
		LockSupport.parkNanos(LOOKING);
		return condition.getAsBoolean();
	}

	/** Waits until a node sees so many, from now on. */
	void untilSeen(int node, int nodes) {
		this.jdbc.sql("delete from sees").update();
		try {
			Until.until("node " + node + " to see " + nodes, Duration.ofSeconds(60),
					() -> pausing(() -> this.jdbc.sql("select count(*) from sees where node = ? and nodes = ?")
						.params(String.valueOf(node), nodes)
						.query(Long.class)
						.single() > 0));
		}
		catch (AssertionError late) {
			throw new AssertionError(late.getMessage() + outputs(), late);
		}
	}

	/**
	 * Waits until all of the first three see each other, from now on. A node that was
	 * frozen does not know when it wakes that it was taken for gone, so the others must
	 * be asked.
	 */
	void untilWhole() {
		this.jdbc.sql("delete from sees").update();
		try {
			Until.until("all nodes to see each other", Duration.ofSeconds(60),
					() -> pausing(() -> this.jdbc.sql("select count(distinct node) from sees where nodes = 3")
						.query(Long.class)
						.single() == 3));
		}
		catch (AssertionError late) {
			throw new AssertionError(late.getMessage() + outputs(), late);
		}
	}

	/** Waits until calls were made for so long without one of the nodes. */
	void untilGone(Duration time) {
		pause(time);
		untilMade(made() + 1);
	}

	/** Waits for so long, while no calls can be made. */
	void pause(Duration time) {
		long start = System.nanoTime();
		Until.until("the time to be over", time.plusSeconds(60),
				() -> pausing(() -> System.nanoTime() - start > time.toNanos()));
	}

	/** Returns how many calls have failed until now. */
	int failed() {
		return failures().size();
	}

	/**
	 * Ends the load, and looks at what has come of it.
	 * @param living the nodes that are there at the end
	 * @return what is not the same in each run
	 */
	Outcome end(int... living) {
		this.jdbc.sql("insert into load values (true)").update();
		List<BootProcess> there = Arrays.stream(living).mapToObj(this.nodes::get).toList();
		try {
			there.forEach((node) -> node.await("done"));
			for (BootProcess node : there) {
				node.letOn();
				node.await("read");
			}
		}
		catch (AssertionError late) {
			throw new AssertionError(late.getMessage() + outputs(), late);
		}
		List<String> wrong = new ArrayList<>();
		List<String> doubled = strings("select id from made group by id having count(*) > 1");
		List<String> lost = strings("select id from answered except select id from made");
		doubled.forEach((id) -> wrong.add("made twice: " + id));
		lost.forEach((id) -> wrong.add("answered and not made: " + id));
		strings("select a.id from answered a join made m on m.id = a.id and m.number <> a.number")
			.forEach((id) -> wrong.add("answered with the number of another call: " + id));
		strings("select key from made group by key having count(distinct number) <> count(*) or max(number) <> count(*)")
			.forEach((key) -> wrong.add("not one after the other: calls of " + key));
		strings("""
				select r.key_ || ' is ' || r.stored || ' after ' || count(m.id) from greenroom_row r
				left join made m on m.key = r.key_ group by r.key_, r.stored
				having r.stored <> '{"count":' || count(m.id) || '}'""")
			.forEach((row) -> wrong.add("row that says otherwise: " + row));
		strings("""
				select r.node || ' of ' || r.key || ': ' || r.number || ' after ' || count(m.id) from read r
				left join made m on m.key = r.key group by r.node, r.key, r.number having r.number <> count(m.id)""")
			.forEach((read) -> wrong.add("what a node reads is not what is stored: " + read));
		assertThat(wrong).as(this::outputs).isEmpty();
		assertThat(this.jdbc.sql("select count(*) from read").query(Long.class).single())
			.isEqualTo((long) living.length * this.keys);
		return outcome();
	}

	private List<String> strings(String sql) {
		return this.jdbc.sql(sql).query(String.class).list();
	}

	private Outcome outcome() {
		return new Outcome(made(), failures(), number("select coalesce(sum(slow), 0) from report"),
				Duration.ofMillis(number("select max(longest) from report")),
				number("select coalesce(sum(stored), 0) from report"), outputs());
	}

	/** Returns the longest call of some nodes, when the load is over. */
	Duration longestOf(int... nodes) {
		return Duration.ofMillis(this.jdbc.sql("select max(longest) from report where node in (:nodes)")
			.param("nodes", Arrays.stream(nodes).mapToObj(String::valueOf).toList())
			.query(Long.class)
			.single());
	}

	private long number(String sql) {
		return this.jdbc.sql(sql).query(Long.class).single();
	}

	/** Those that were killed have told of their failures, too. */
	private List<Failure> failures() {
		return this.all.stream()
			.flatMap((node) -> node.output().lines())
			.filter((line) -> line.startsWith(ClusterApplication.FAILED))
			.map((line) -> Failure.of(line.substring(ClusterApplication.FAILED.length())))
			.toList();
	}

	private String outputs() {
		return this.all.stream().map(BootProcess::output).collect(Collectors.joining("\n---\n", "\n", ""));
	}

	@Override
	public void close() {
		this.all.forEach(BootProcess::close);
		this.database.close();
	}

	/**
	 * A call that has failed.
	 *
	 * @param node the node of the caller
	 * @param took how long the caller waited
	 * @param kind the class of the exception
	 * @param all everything that is known
	 */
	record Failure(int node, Duration took, String kind, String all) {

		static Failure of(String line) {
			String[] words = line.split(" ");
			return new Failure(Integer.parseInt(words[0].substring(0, 1)), Duration.ofMillis(Long.parseLong(words[2])),
					words[3], line);
		}

	}

	/**
	 * What has come of a run in which nothing was lost and nothing made twice.
	 *
	 * @param calls how many calls were made
	 * @param failures the calls that have failed
	 * @param slow how many calls took longer than a second
	 * @param longest the longest call
	 * @param stored how many calls got an answer that was stored
	 * @param outputs what the nodes have printed
	 */
	record Outcome(long calls, List<Failure> failures, long slow, Duration longest, long stored, String outputs) {

		/** No call has failed, and none took so long. */
		Outcome held(Duration limit) {
			assertThat(this.failures).as(this.outputs).isEmpty();
			assertThat(this.longest).as(this.outputs).isLessThan(limit);
			return this;
		}

	}

}
