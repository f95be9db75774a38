package io.greenroom.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;

/**
 * A PostgreSQL server that can be stopped, and started again at the same port with the
 * same data.
 */
public final class RestartablePostgres implements AutoCloseable {

	private final EmbeddedPostgres server;

	private final Path data;

	private final Path log;

	/** Starts it. */
	public RestartablePostgres() {
		try {
			Path folder = Files.createTempDirectory("greenroom-postgres");
			this.data = folder.resolve("data");
			this.log = folder.resolve("log");
			this.server = EmbeddedPostgres.builder()
				.setDataDirectory(this.data)
				.setServerConfig("max_connections", "200")
				// Else a commit is answered before it is written, and a crash loses it.
				.setServerConfig("synchronous_commit", "on")
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Returns the URL of its only database. */
	public String url() {
		return this.server.getJdbcUrl("postgres", "postgres");
	}

	/**
	 * Stops it: {@code fast} closes all connections and writes what is there,
	 * {@code immediate} is a crash of all its processes.
	 */
	public void stop(String mode) {
		control("stop", "-m", mode);
	}

	/** Starts it again as it was; returns when it can be used. */
	public void start() {
		control("restart", "-l", this.log.toString());
	}

	/** The command is beside the server's, which is the first word of its options. */
	private void control(String... arguments) {
		try {
			String options = Files.readString(this.data.resolve("postmaster.opts"));
			List<String> command = new ArrayList<>();
			if (LinuxUtils.isUnshareAvailable()) {
				// It does not run as root.
				command.addAll(List.of("unshare", "-U"));
			}
			command.add(Path.of(options.split(" ", 2)[0]).resolveSibling("pg_ctl").toString());
			command.addAll(List.of("-D", this.data.toString(), "-w"));
			command.addAll(List.of(arguments));
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(Files.createTempFile("greenroom", "pg_ctl").toFile())
				.start();
			if (process.waitFor() != 0) {
				throw new IllegalStateException(String.join(" ", command) + " has failed");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
