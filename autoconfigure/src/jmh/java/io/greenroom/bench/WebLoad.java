package io.greenroom.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import io.greenroom.figures.Figure;

/**
 * Servers under load, side by side: the same application with and without Greenroom, each
 * in a JVM of its own. In each round every server has its turn, and what is printed are
 * the medians of the rounds, the largest resident set, and the most of the heap that was
 * seen alive in a turn; the last column is the CPU in relation to the first server's in
 * the same round. Arguments: how many times with new JVMs, since they differ from start to
 * start, how many rounds each time, how many seconds a turn, and the scenarios, all of
 * them unless named.
 */
public final class WebLoad {

	private static final String WITHOUT = "--greenroom.web.enabled=false";

	private static final String VIRTUAL = "--spring.threads.virtual.enabled=true";

	/** Less, and the compilers are still at work, for whom a hop has more to do. */
	private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("bench.warm-up", 40));

	/** How often one looks in a turn how much of the heap is alive. */
	private static final int LOOKS = 5;

	private static final String PLATFORM = "--greenroom.web.server-threads=platform";

	/** Tomcat, since both servers are on the class path. */
	private static final String NO_DATABASE = "--spring.autoconfigure.exclude="
			+ "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration,"
			+ "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration";

	private WebLoad() {
	}

	public static void main(String[] args) throws Exception {
		int forks = (args.length > 0) ? Integer.parseInt(args[0]) : 1;
		int rounds = (args.length > 1) ? Integer.parseInt(args[1]) : 5;
		Duration turn = Duration.ofSeconds((args.length > 2) ? Integer.parseInt(args[2]) : 10);
		List<String> wanted = List.of(args).subList(Math.min(3, args.length), args.length);
		for (Scenario scenario : scenarios()) {
			for (int fork = 0; fork < forks && (wanted.isEmpty() || wanted.contains(scenario.name)); fork++) {
				scenario.run(rounds, turn);
			}
		}
	}

	private static List<Scenario> scenarios() throws Exception {
		Scenario trivial = new Scenario("trivial", "/trivial", 64);
		trivial.server("virtual", "Boot, virtual threads", NO_DATABASE, WITHOUT, VIRTUAL);
		trivial.server("inline", "Greenroom, inline", NO_DATABASE);
		trivial.server("platform", "Boot, platform threads", NO_DATABASE, WITHOUT);
		trivial.server("hop", "Greenroom, hop", NO_DATABASE, PLATFORM);
		trivial.serverOf("callable", "/callable", "Boot, a Callable on virtual threads", NO_DATABASE, WITHOUT);
		trivial.serverOf("direct", "/direct", "bare servlet", NO_DATABASE, WITHOUT);
		trivial.serverOf("handed-over", "/handed-over", "bare servlet, handed over", NO_DATABASE, WITHOUT);
		Scenario inline = new Scenario("inline", "/trivial", 64);
		inline.server("virtual", "Boot, virtual threads", NO_DATABASE, WITHOUT, VIRTUAL);
		inline.server("inline", "Greenroom, inline", NO_DATABASE);
		Scenario floor = new Scenario("floor", "/trivial", 64);
		floor.server("platform", "Boot, platform threads", NO_DATABASE, WITHOUT);
		floor.server("hop", "Greenroom, hop", NO_DATABASE, PLATFORM);
		floor.serverOf("direct", "/direct", "bare servlet", NO_DATABASE, WITHOUT);
		floor.serverOf("handed-over", "/handed-over", "bare servlet, handed over", NO_DATABASE, WITHOUT);
		Scenario hop = new Scenario("hop", "/trivial", 64);
		hop.server("platform", "Boot, platform threads", NO_DATABASE, WITHOUT);
		hop.server("hop", "Greenroom, hop", NO_DATABASE, PLATFORM);
		Scenario blocking = blocking("blocking", "/blocking", 500);
		Scenario blockingMore = blocking("blocking-700", "/blocking", 700);
		Scenario holding = blocking("holding", "/holding/128", 500);
		Scenario holdingMore = blocking("holding-more", "/holding/256", 500);
		holdingMore.heap = "-Xmx3g";
		int port = freePort();
		String url = "jdbc:h2:tcp://localhost:" + port + "/mem:load;DB_CLOSE_DELAY=-1";
		Scenario database = new Scenario("database", "/database", 2000);
		database.before = () -> startDatabase(port, url);
		String[] connections = { "--spring.datasource.url=" + url, "--spring.datasource.hikari.maximum-pool-size=10",
				"--spring.datasource.hikari.connection-timeout=1500" };
		database.server("virtual", "Boot, virtual threads", connections[0], connections[1], connections[2], WITHOUT, VIRTUAL);
		database.server("inline", "Greenroom, inline, 10", connections[0], connections[1], connections[2],
				"--greenroom.pools.default.size=10", "--greenroom.pools.default.queue-capacity=2000",
				"--greenroom.pools.default.queue-timeout=10s");
		return List.of(trivial, inline, floor, hop, blocking, blockingMore, holding, holdingMore, database);
	}

	/** 50 ms each: so many slots answer twenty times as many a second at most. */
	private static Scenario blocking(String name, String path, int slots) {
		Scenario scenario = new Scenario(name, path, 2000);
		scenario.slots = slots;
		String[] pool = { "--greenroom.pools.default.size=" + slots, "--greenroom.pools.default.queue-capacity=2000" };
		scenario.server("virtual", "Boot, virtual threads", NO_DATABASE, WITHOUT, VIRTUAL);
		scenario.server("inline", "Greenroom, inline, " + slots, NO_DATABASE, pool[0], pool[1]);
		scenario.serverOf("semaphore", "/bounded" + path, "Boot, a semaphore of " + slots, NO_DATABASE, WITHOUT, VIRTUAL,
				"--bench.slots=" + slots);
		scenario.server("platform", "Boot, 200 platform threads", NO_DATABASE, WITHOUT);
		scenario.server("hop", "Greenroom, hop, " + slots, NO_DATABASE, PLATFORM, pool[0], pool[1]);
		return scenario;
	}

	private static int freePort() throws IOException {
		try (ServerSocket any = new ServerSocket(0)) {
			return any.getLocalPort();
		}
	}

	/** A database of its own process, as databases are. */
	private static AutoCloseable startDatabase(int port, String url) throws Exception {
		Process server = java("-Xmx1g", "org.h2.tools.Server", "-tcp", "-tcpPort", "" + port, "-ifNotExists").inheritIO().start();
		for (int attempt = 0;; attempt++) {
			try (Connection connection = DriverManager.getConnection(url);
					Statement statement = connection.createStatement()) {
				statement.execute("CREATE ALIAS IF NOT EXISTS PAUSE FOR \"java.lang.Thread.sleep(long)\"");
				return server::destroyForcibly;
			}
			catch (java.sql.SQLException notYet) {
				if (attempt == 100 || !server.isAlive()) {
					server.destroyForcibly();
					throw notYet;
				}
				Thread.sleep(100);
			}
		}
	}

	private static ProcessBuilder java(String... arguments) {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
				"-cp", System.getProperty("java.class.path")));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command);
	}

	/** One endpoint under one load, on several servers. */
	private static final class Scenario {

		private final String name;

		private final String path;

		private final int connections;

		private final List<SetUp> setUps = new ArrayList<>();

		/** The size of the pool, where it alone decides what comes through in a second. */
		private int slots;

		private String heap = "-Xmx1g";

		private Before before = () -> () -> {
		};

		Scenario(String name, String path, int connections) {
			this.name = name;
			this.path = path;
			this.connections = connections;
		}

		void server(String key, String title, String... arguments) {
			serverOf(key, this.path, title, arguments);
		}

		/** A server that is asked for another path than the others. */
		void serverOf(String key, String path, String title, String... arguments) {
			this.setUps.add(new SetUp(key, title, path, arguments));
		}

		void run(int rounds, Duration turn) throws Exception {
			System.out.printf("%n%s: %d connections, medians of %d rounds of %ds%n", this.name, this.connections,
					rounds, turn.toSeconds());
			List<Server> running = new ArrayList<>();
			try (AutoCloseable _ = this.before.run()) {
				for (SetUp setUp : this.setUps) {
					running.add(new Server(setUp, this.heap));
				}
				for (Server server : running) {
					server.warmUp(this.connections);
				}
				for (int round = 0; round < rounds; round++) {
					for (Server server : running) {
						server.turn(this.connections, turn);
					}
				}
				for (Server server : running) {
					server.measureLiveHeap(this.connections, turn);
				}
				System.out.printf("%-28s %10s %12s %9s %9s %9s %9s %8s %8s %9s%n", "", "answers/s", "CPU µs each", "p50 ms",
						"p99 ms", "peak MB", "live MB", "503/s", "failed", "CPU ratio");
				for (Server server : running) {
					server.print(running.getFirst());
				}
				running.forEach((server) -> server.printFigures(this.name));
				if (this.slots > 0) {
					int most = this.slots * 20;
					System.out.printf("%d slots let %d through a second; reached of that:", this.slots, most);
					running.forEach((server) -> System.out.printf(" %.2f", server.perSecond() / most));
					System.out.println();
				}
			}
			finally {
				running.forEach(Server::stop);
			}
		}

	}

	/** One JVM. */
	private static final class Server {

		private final String key;

		private final String title;

		private final String path;

		private final Process process;

		private final int port;

		private final List<Turn> turns = new ArrayList<>();

		private double liveHeap;

		Server(SetUp setUp, String heap) throws IOException {
			this.key = setUp.key;
			this.title = setUp.title;
			this.path = setUp.path;
			List<String> all = new ArrayList<>(List.of(heap, "io.greenroom.bench.LoadServer", "--server.port=0",
					"--server.address=127.0.0.1", "--server.tomcat.max-keep-alive-requests=-1",
					"--server.tomcat.accept-count=4000", "--spring.main.banner-mode=off", "--logging.level.root=error"));
			all.addAll(List.of(setUp.arguments));
			this.process = java(all.toArray(String[]::new)).redirectErrorStream(true).start();
			BufferedReader out = this.process.inputReader();
			String line = out.readLine();
			while (line != null && !line.startsWith(LoadServer.LISTENING)) {
				System.out.println(line);
				line = out.readLine();
			}
			if (line == null) {
				throw new IOException("The server '" + this.title + "' did not start");
			}
			this.port = Integer.parseInt(line.substring(LoadServer.LISTENING.length()));
			Thread.startVirtualThread(() -> out.lines().forEach((_) -> {
			}));
		}

		void warmUp(int connections) throws InterruptedException {
			new LoadClient(this.port, this.path, connections).run(WARM_UP);
		}

		void turn(int connections, Duration turn) throws InterruptedException {
			Duration before = cpu();
			LoadClient.Outcome outcome = new LoadClient(this.port, this.path, connections).run(turn);
			this.turns.add(new Turn(outcome, cpu().minus(before)));
		}

		private Duration cpu() {
			return this.process.info().totalCpuDuration().orElse(Duration.ZERO);
		}

		double perSecond() {
			return median((turn) -> turn.outcome.perSecond());
		}

		void print(Server first) throws Exception {
			double[] ratios = IntStream.range(0, this.turns.size())
				.mapToDouble((round) -> this.turns.get(round).cpuMicros() / first.turns.get(round).cpuMicros())
				.toArray();
			System.out.printf("%-28s %10.0f %12.1f %9.1f %9.1f %9.0f %9.0f %8.0f %8.0f %9.2f%n", this.title, perSecond(),
					median(Turn::cpuMicros), median((turn) -> turn.outcome.millis(0.5)),
					median((turn) -> turn.outcome.millis(0.99)), peak(), this.liveHeap,
					median((turn) -> turn.outcome.rejected() / (turn.outcome.length().toMillis() / 1e3)),
					median((turn) -> turn.outcome.failed()), median(ratios));
		}

		void printFigures(String scenario) {
			String params = "[scenario=" + scenario + ";server=" + this.key + "]";
			Figure.print("WebLoad.answers" + params, perSecond(), "/s");
			Figure.print("WebLoad.cpu" + params, median(Turn::cpuMicros), "µs");
			Figure.print("WebLoad.p99" + params, median((turn) -> turn.outcome.millis(0.99)), "ms");
			Figure.print("WebLoad.live" + params, this.liveHeap, "MB");
		}

		private double median(ToDoubleFunction<Turn> what) {
			return median(this.turns.stream().mapToDouble(what).toArray());
		}

		private static double median(double[] values) {
			Arrays.sort(values);
			return values[values.length / 2];
		}

		/** In a turn of its own, since the collection stops the server. */
		void measureLiveHeap(int connections, Duration turn) throws Exception {
			Thread load = Thread.startVirtualThread(() -> {
				try {
					new LoadClient(this.port, this.path, connections).run(turn);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
			URI heap = URI.create("http://127.0.0.1:" + this.port + LoadServer.LIVE_HEAP);
			try (HttpClient client = HttpClient.newHttpClient()) {
				for (int look = 0; look < LOOKS; look++) {
					Thread.sleep(turn.dividedBy(LOOKS + 1));
					HttpResponse<String> live = client.send(HttpRequest.newBuilder(heap).build(),
							HttpResponse.BodyHandlers.ofString());
					this.liveHeap = Math.max(this.liveHeap, Double.parseDouble(live.body()) / (1024 * 1024));
				}
			}
			load.join();
		}

		/** The largest resident set so far, where the system tells it. */
		private double peak() throws IOException {
			Path status = Path.of("/proc", "" + this.process.pid(), "status");
			if (!Files.exists(status)) {
				return Double.NaN;
			}
			return Files.readAllLines(status)
				.stream()
				.filter((line) -> line.startsWith("VmHWM:"))
				.mapToDouble((line) -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
				.findFirst()
				.orElse(Double.NaN);
		}

		void stop() {
			this.process.destroyForcibly();
		}

	}

	/** A server, what figures call it, what to ask it for, and its settings. */
	private record SetUp(String key, String title, String path, String... arguments) {
	}

	private record Turn(LoadClient.Outcome outcome, Duration cpu) {

		double cpuMicros() {
			return this.cpu.toNanos() / 1e3 / Math.max(1, this.outcome.latencies().length + this.outcome.rejected());
		}

	}

	/** What to start before the servers. */
	@FunctionalInterface
	private interface Before {

		AutoCloseable run() throws Exception;

	}

}
