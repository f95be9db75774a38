package io.greenroom.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.util.FileSystemUtils;

/** The real databases that tests are run against; each test has its own, and empty. */
public enum TestDatabase {

	H2 {
		@Override
		String make(String name) {
			try {
				Path folder = Files.createTempDirectory("greenroom-h2");
				FOLDERS.add(folder);
				// Bodies are interrupted, and H2 would close its file.
				return "jdbc:h2:retry:" + folder.resolve(name) + ";WRITE_DELAY=0";
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	},

	POSTGRESQL {
		@Override
		String make(String name) {
			EmbeddedPostgres server = Server.ONE;
			try (Connection connection = server.getPostgresDatabase().getConnection();
					Statement statement = connection.createStatement()) {
				statement.execute("create database " + name);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			return server.getJdbcUrl("postgres", name);
		}
	},

	/** Where the machine has MariaDB's server, as {@code .ci/run} sees to. */
	MARIADB {
		@Override
		String make(String name) {
			String server = MariaDbServer.url();
			try (HikariDataSource pool = pool(server, 1);
					Connection connection = pool.getConnection();
					Statement statement = connection.createStatement()) {
				statement.execute("create database " + name + " character set utf8mb4");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			// The tests' own statements put texts together as the others do.
			return server + name + "?sessionVariables=sql_mode=concat(@@sql_mode,',PIPES_AS_CONCAT')";
		}
	};

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	/** What is deleted at the end of the process, since a benchmark fills gigabytes. */
	private static final Queue<Path> FOLDERS = new ConcurrentLinkedQueue<>();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(TestDatabase::deleteFolders));
	}

	private static void deleteFolders() {
		for (Path folder : FOLDERS) {
			try {
				FileSystemUtils.deleteRecursively(folder);
			}
			catch (IOException left) {
				System.err.println("Could not delete " + folder + ": " + left);
			}
		}
	}

	/** Returns those that can be used here, for parameterized tests. */
	public static Stream<TestDatabase> all() {
		return Stream.of(values()).filter((each) -> each != MARIADB || MariaDbServer.isThere());
	}

	/** Makes an empty database; returns its URL. */
	abstract String make(String name);

	/** Makes an empty database with a pool of connections. */
	public HikariDataSource fresh() {
		return pool(make("test" + NUMBERS.incrementAndGet()), 10);
	}

	/** Returns the file by which PostgreSQL can be reached on this machine, too. */
	public static String socket(String url) {
		return "/tmp/.s.PGSQL." + url.replaceFirst(".*:(\\d+)/.*", "$1");
	}

	/** Makes a pool of connections to a database that is there. */
	public static HikariDataSource pool(String url, int size) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		pool.setUsername(url.contains(":h2:") ? "sa" : url.contains(":mariadb:") ? "root" : "postgres");
		pool.setPassword("");
		pool.setMaximumPoolSize(size);
		pool.setMinimumIdle(0);
		pool.setConnectionTimeout(5000);
		return pool;
	}

	/** One server for all tests of a JVM, which ends with it. */
	private static final class Server {

		static final EmbeddedPostgres ONE = start();

		private static EmbeddedPostgres start() {
			try {
				return EmbeddedPostgres.builder()
					.setServerConfig("fsync", "off")
					.setServerConfig("max_connections", "200")
					.setServerConfig("unix_socket_directories", "/tmp")
					.start();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
