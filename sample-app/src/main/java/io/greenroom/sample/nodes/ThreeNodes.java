package io.greenroom.sample.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.h2.tools.Server;

/**
 * Starts the box office on three nodes of this machine, each a process of its own, and
 * the database that they share. A node that was killed is started again after a while.
 * All end with this process.
 */
public final class ThreeNodes implements AutoCloseable {

	private static final List<Integer> PORTS = List.of(8080, 8081, 8082);

	private static final List<Integer> CLUSTER_PORTS = List.of(5790, 5791, 5792);

	/** How long one can see that buying goes on without a node. */
	private static final Duration PAUSE = Duration.ofSeconds(10);

	private static final Duration ENDING = Duration.ofSeconds(30);

	private final Path folder;

	private final List<Integer> ports;

	private final List<Integer> clusterPorts;

	private final List<String> settings;

	private final Server database;

	private final List<Process> nodes = new CopyOnWriteArrayList<>();

	private volatile boolean closed; // by the shutdown hook

	private ThreeNodes(Path folder, List<Integer> ports, List<Integer> clusterPorts, List<String> settings)
			throws SQLException {
		this.folder = folder;
		this.ports = ports;
		this.clusterPorts = clusterPorts;
		this.settings = settings;
		System.setProperty("h2.bindAddress", "127.0.0.1");
		this.database = Server
			.createTcpServer("-tcpPort", "0", "-baseDir", folder.toAbsolutePath().toString(), "-ifNotExists")
			.start();
	}

	/**
	 * Starts three nodes, and keeps them up until this process is ended.
	 * @param args settings of all nodes
	 * @throws Exception if they can't be started
	 */
	public static void main(String[] args) throws Exception {
		ThreeNodes three = start(Path.of("target", "three-nodes"), PORTS, CLUSTER_PORTS, List.of(args));
		Runtime.getRuntime().addShutdownHook(new Thread(three::close));
		for (int i = 0; i < PORTS.size(); i++) {
			System.out.printf("http://localhost:%s is process %s; it writes to %s%n", PORTS.get(i), three.node(i).pid(),
					three.log(i));
		}
		while (!three.closed) {
			three.untilOneHasEnded();
			Thread.sleep(PAUSE);
			three.startEnded();
		}
	}

	/**
	 * Starts the nodes; does not wait until they are up.
	 * @param folder where the database and the logs are
	 * @param ports their HTTP ports
	 * @param clusterPorts the ports that they call each other at
	 * @param settings further settings of all of them, such as {@code --name=value}
	 * @return the nodes
	 * @throws IOException if a process can't be started
	 * @throws SQLException if the database can't
	 */
	public static ThreeNodes start(Path folder, List<Integer> ports, List<Integer> clusterPorts, List<String> settings)
			throws IOException, SQLException {
		Files.createDirectories(folder);
		ThreeNodes three = new ThreeNodes(folder, ports, clusterPorts, settings);
		for (int i = 0; i < ports.size(); i++) {
			three.nodes.add(three.process(i));
		}
		return three;
	}

	private Process process(int i) throws IOException {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
				"-XX:+UseSerialGC", "-Xmx256m", "-cp", System.getProperty("java.class.path"), OneNode.class.getName(),
				"--spring.profiles.active=node", "--server.port=" + this.ports.get(i),
				"--box-office.node=" + this.ports.get(i), "--box-office.nodes.ports=" + texts(this.ports.stream()),
				"--greenroom.cluster.port=" + this.clusterPorts.get(i),
				"--greenroom.cluster.members=" + texts(this.clusterPorts.stream().map((port) -> "127.0.0.1:" + port)),
				"--spring.datasource.url=jdbc:h2:tcp://127.0.0.1:%s/./box-office;WRITE_DELAY=0;LOCK_TIMEOUT=5000"
					.formatted(this.database.getPort())));
		command.addAll(this.settings);
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log(i).toFile()))
			.start();
	}

	private static String texts(Stream<?> values) {
		return values.map(String::valueOf).collect(Collectors.joining(","));
	}

	private void untilOneHasEnded() {
		CompletableFuture.anyOf(this.nodes.stream().map(Process::onExit).toArray(CompletableFuture[]::new)).join();
	}

	private void startEnded() throws IOException {
		for (int i = 0; i < this.nodes.size() && !this.closed; i++) {
			if (!node(i).isAlive()) {
				this.nodes.set(i, process(i));
				System.out.printf("http://localhost:%s had ended; it is process %s now%n", this.ports.get(i),
						node(i).pid());
			}
		}
	}

	/**
	 * Returns the process of a node.
	 * @param i which node, from 0
	 * @return its process
	 */
	public Process node(int i) {
		return this.nodes.get(i);
	}

	/**
	 * Returns what a node writes.
	 * @param i which node, from 0
	 * @return the file
	 */
	public Path log(int i) {
		return this.folder.resolve("node-%s.log".formatted(this.ports.get(i)));
	}

	/** Ends all nodes, each by its process, and then the database. */
	@Override
	public void close() {
		this.closed = true;
		this.nodes.forEach(Process::destroy);
		try {
			for (Process node : this.nodes) {
				if (!node.waitFor(ENDING.toMillis(), TimeUnit.MILLISECONDS)) {
					node.destroyForcibly();
				}
			}
		}
		catch (InterruptedException ex) {
			this.nodes.forEach(Process::destroyForcibly);
			Thread.currentThread().interrupt();
		}
		this.database.stop();
	}

}
