package io.greenroom.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.slf4j.LoggerFactory;

/**
 * One MariaDB server for all tests of a JVM, which ends with it. It is started from the
 * programs of the operating system, with an empty folder of its own.
 */
final class MariaDbServer {

	private static final Path SERVER = Path.of("/usr/sbin/mariadbd");

	private static final Path INSTALLER = Path.of("/usr/bin/mariadb-install-db");

	private MariaDbServer() {
	}

	/** Returns whether the machine has a server. */
	static boolean isThere() {
		boolean there = Files.isExecutable(SERVER) && Files.isExecutable(INSTALLER);
		if (!there) {
			LoggerFactory.getLogger(MariaDbServer.class)
				.info("There is no {}, so tests are not run on MariaDB; install Debian's package mariadb-server",
						SERVER);
		}
		return there;
	}

	/** Returns the URL without a database, after the server was started. */
	static String url() {
		return "jdbc:mariadb://127.0.0.1:" + Running.PORT + "/";
	}

	private static int start() {
		try {
			Path folder = Files.createTempDirectory("greenroom-mariadb");
			Path data = folder.resolve("data");
			Path log = folder.resolve("log");
			String user = "--user=" + System.getProperty("user.name");
			Process installer = run(log, INSTALLER.toString(), "--no-defaults", user, "--datadir=" + data,
					"--auth-root-authentication-method=normal", "--skip-test-db");
			if (installer.waitFor() != 0) {
				throw new IllegalStateException("MariaDB could not be installed: " + Files.readString(log));
			}
			int port = freePort();
			List<String> command = new ArrayList<>(List.of(SERVER.toString(), "--no-defaults", user,
					"--datadir=" + data, "--socket=" + folder.resolve("socket"), "--pid-file=" + folder.resolve("pid"),
					"--bind-address=127.0.0.1", "--port=" + port, "--max-connections=300", "--skip-log-bin",
					"--innodb-flush-log-at-trx-commit=0"));
			Process server = run(log, command.toArray(String[]::new));
			Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, folder), "mariadb-end"));
			Until.until("MariaDB to answer", Duration.ofSeconds(60), () -> {
				if (!server.isAlive()) {
					throw new IllegalStateException("MariaDB has ended: " + read(log));
				}
				return answers(port);
			});
			return port;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static Process run(Path log, String... command) throws IOException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static boolean answers(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return socket.getInputStream().read() >= 0;
		}
		catch (IOException notYet) {
			return false;
		}
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private static void end(Process server, Path folder) {
		server.destroyForcibly();
		try {
			server.waitFor();
			try (Stream<Path> files = Files.walk(folder)) {
				files.sorted((one, other) -> other.compareTo(one)).forEach((file) -> file.toFile().delete());
			}
		}
		catch (IOException ex) {
			// The folder is a temporary one.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Starts the server when it is first needed. */
	private static final class Running {

		static final int PORT = start();

	}

}
