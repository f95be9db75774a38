package io.greenroom.durable;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.TestDatabase;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/**
 * Two JVMs with durable handlers and no cluster under load, one of which is killed by -9
 * and started again over and over: what was answered is stored, what is stored was asked
 * for once, and each count is right. The long form is run by hand:
 * {@code KillRun <seconds> <seconds between kills> <keys> <clients>}.
 */
public final class KillRun {

	private KillRun() {
	}

	/**
	 * Runs and prints what came of it; exits with 1 if something was lost or doubled.
	 * @param arguments seconds, seconds between kills, keys, clients
	 */
	public static void main(String[] arguments) throws Exception {
		int[] numbers = Stream.of(arguments).mapToInt(Integer::parseInt).toArray();
		List<String> wrong = run(Duration.ofSeconds(numbers[0]), Duration.ofSeconds(numbers[1]), numbers[2],
				numbers[3]);
		wrong.forEach((line) -> System.out.println("WRONG " + line));
		System.exit(wrong.isEmpty() ? 0 : 1);
	}

	/** Returns what was lost or doubled, one line each. */
	static List<String> run(Duration length, Duration pause, int keys, int clients) throws Exception {
		Path answers = Files.createTempDirectory("kill-run");
		HikariDataSource database = TestDatabase.POSTGRESQL.fresh();
		JdbcClient jdbc = JdbcClient.create(database);
		jdbc.sql("create table entry (id varchar(60) primary key, account integer)").update();
		long end = System.nanoTime() + length.toNanos();
		BootProcess[] nodes = new BootProcess[2];
		int kills = 0;
		try {
			for (int i = 0; i < nodes.length; i++) {
				nodes[i] = start(database.getJdbcUrl(), answers, keys, clients / nodes.length);
			}
			for (BootProcess node : nodes) {
				node.await("ready");
			}
			while (System.nanoTime() < end) {
				Thread.sleep(pause);
				nodes[kills % 2].kill();
				nodes[kills % 2] = start(database.getJdbcUrl(), answers, keys, clients / nodes.length);
				nodes[kills % 2].await("ready");
				kills++;
			}
		}
		finally {
			for (BootProcess node : nodes) {
				if (node != null) {
					node.kill();
				}
			}
		}
		List<String> wrong = compare(jdbc, answers);
		System.out.printf("%d kills, %d entries, %d answered, %d keys, %d wrong%n", kills,
				jdbc.sql("select count(*) from entry").query(Long.class).single(), answered(answers).size(),
				jdbc.sql("select count(*) from greenroom_row").query(Long.class).single(), wrong.size());
		database.close();
		return wrong;
	}

	private static BootProcess start(String url, Path answers, int keys, int clients) {
		return new BootProcess(Node.class, "--database=" + url, "--answers=" + answers, "--keys=" + keys,
				"--clients=" + clients, "--spring.main.banner-mode=off", "--logging.level.root=error");
	}

	private static List<String> answered(Path folder) throws IOException {
		List<String> answered = new ArrayList<>();
		try (Stream<Path> files = Files.list(folder)) {
			for (Path file : (Iterable<Path>) files::iterator) {
				answered.addAll(Files.readAllLines(file));
			}
		}
		return answered;
	}

	private static List<String> compare(JdbcClient jdbc, Path answers) throws IOException {
		List<String> wrong = new ArrayList<>();
		List<String> lost = new ArrayList<>(answered(answers));
		lost.removeIf((line) -> line.startsWith("!"));
		lost.removeAll(new java.util.HashSet<>(jdbc.sql("select id from entry").query(String.class).list()));
		lost.forEach((id) -> wrong.add("answered and not stored: " + id));
		answered(answers).stream().filter((line) -> line.startsWith("!")).forEach(wrong::add);
		wrong.addAll(jdbc.sql("""
				select 'account ' || r.key_ || ' counts ' || (r.stored::json ->> 'count') || ' of ' || coalesce(e.n, 0)
				from greenroom_row r
				left join (select account, count(*) n from entry group by account) e on e.account::text = r.key_
				where (r.stored::json ->> 'count')::bigint <> coalesce(e.n, 0)""").query(String.class).list());
		return wrong;
	}

	/** One of the JVMs: the application, and its clients. */
	@Configuration(proxyBeanMethods = false)
	@Import({ DurableContext.Base.class, DurableContext.Transactions.class, Account.class })
	static class Node {

		public static void main(String[] args) throws IOException {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Node.class)
				.web(WebApplicationType.NONE)
				.run(args);
			Keyed<Integer, Account> accounts = context
				.<Keyed<Integer, Account>>getBeanProvider(
						ResolvableType.forClassWithGenerics(Keyed.class, Integer.class, Account.class))
				.getObject();
			Environment settings = context.getEnvironment();
			int keys = settings.getRequiredProperty("keys", Integer.class);
			String node = "n" + ProcessHandle.current().pid();
			BufferedWriter answers = Files.newBufferedWriter(
					Path.of(settings.getRequiredProperty("answers"), node + "-" + System.nanoTime()),
					StandardOpenOption.CREATE_NEW);
			for (int i = 0; i < settings.getRequiredProperty("clients", Integer.class); i++) {
				String client = node + "-" + System.nanoTime() + "-" + i;
				Thread.ofPlatform().start(() -> work(accounts, keys, client, answers));
			}
			BootProcess.stayAt("ready");
		}

		private static void work(Keyed<Integer, Account> accounts, int keys, String client, BufferedWriter answers) {
			Random random = new Random();
			for (long i = 0;; i++) {
				String id = client + "-" + i;
				int key = random.nextInt(keys);
				String answer = null;
				while (answer == null) {
					try {
						accounts.get(key).add(id);
						answer = id;
					}
					catch (StaleInstanceException stale) {
						// The other JVM was first: nothing was stored, so it is asked
						// again.
					}
					catch (RuntimeException failure) {
						answer = "!" + id + " " + failure;
					}
				}
				synchronized (answers) {
					try {
						answers.write(answer);
						answers.newLine();
						answers.flush();
					}
					catch (IOException ex) {
						throw new IllegalStateException(ex);
					}
				}
			}
		}

		@Bean
		DataSource dataSource(Environment environment) {
			return TestDatabase.pool(environment.getRequiredProperty("database"), 20);
		}

	}

	/** Counts its entries. */
	@DeferredHandler
	@Durable(name = "account")
	static class Account {

		private final int number;

		private final JdbcClient jdbc;

		@Stored
		private long count;

		Account(@Key Integer number, JdbcClient jdbc) {
			this.number = number;
			this.jdbc = jdbc;
		}

		@Transactional
		void add(String id) {
			this.jdbc.sql("insert into entry values (?, ?)").params(id, this.number).update();
			this.count++;
		}

	}

}
