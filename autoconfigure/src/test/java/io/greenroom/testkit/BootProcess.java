package io.greenroom.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application in a JVM of its own, to be killed. Points in it are reached by lines
 * that it prints: {@code @@ name}.
 */
public final class BootProcess implements AutoCloseable {

	private static final String MARK = "@@ ";

	private static final long LONG = TimeUnit.SECONDS.toNanos(Long.getLong("greenroom.patience", 60));

	private final Process process;

	private final Thread reader;

	private final BlockingQueue<String> points = new LinkedBlockingQueue<>();

	/** All it has printed; guarded by itself. */
	private final List<String> output = new ArrayList<>();

	/** Starts an application by its main class, with the class path of the tests. */
	public BootProcess(Class<?> main, String... arguments) {
		this(List.of(), main, arguments);
	}

	/** Starts a program likewise, with options of the JVM besides. */
	public BootProcess(List<String> options, Class<?> main, String... arguments) {
		this(List.of(), options, main, arguments);
	}

	/**
	 * Starts a program likewise, by a command that is replaced by the JVM in the end.
	 */
	public BootProcess(List<String> launcher, List<String> options, Class<?> main, String... arguments) {
		List<String> command = new ArrayList<>(launcher);
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
		command.addAll(options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(arguments));
		try {
			this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.reader = Thread.ofPlatform().daemon().name("output-of-" + main.getSimpleName()).start(this::read);
	}

	/** For the application itself: it is at a point. */
	public static void at(String point) {
		System.out.println(MARK + point);
		System.out.flush();
	}

	/** For the application itself: it is at a point, and goes no further. */
	public static void stayAt(String point) {
		at(point);
		stay();
	}

	/** For the application itself: it goes no further. */
	public static void stay() {
		while (true) {
			java.util.concurrent.locks.LockSupport.park();
		}
	}

	/** For the application itself: it is at a point, and waits there to be let on. */
	public static void pauseAt(String point) {
		at(point);
		try {
			System.in.read();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Lets it go on from where it {@linkplain #pauseAt pauses}. */
	public void letOn() {
		try {
			this.process.outputWriter(StandardCharsets.UTF_8).append('\n').flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Stops it where it is, threads and clocks of its own included, till it is thawed.
	 */
	public void freeze() {
		signal("STOP");
	}

	/** Has it go on after a {@linkplain #freeze() freeze}. */
	public void thaw() {
		signal("CONT");
	}

	private void signal(String name) {
		try {
			Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(this.process.pid())).inheritIO()
				.start();
			assertThat(kill.waitFor()).isZero();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private void read() {
		try (BufferedReader lines = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				synchronized (this.output) {
					this.output.add(line);
				}
				if (line.startsWith(MARK)) {
					this.points.add(line.substring(MARK.length()));
				}
			}
		}
		catch (IOException killed) {
			// There is no more to read.
		}
	}

	/** Waits until the application is at its next points, which must be these. */
	public void await(String... expected) {
		Set<String> left = new HashSet<>(List.of(expected));
		try {
			while (!left.isEmpty()) {
				String next = next();
				assertThat(left.remove(next)).as(() -> next + " instead of " + left + " in " + output()).isTrue();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** Returns null when it is dead, or after a time that no working code needs. */
	private String next() throws InterruptedException {
		long start = System.nanoTime();
		String next = null;
		while (next == null && System.nanoTime() - start < LONG) {
			boolean alive = this.process.isAlive();
			next = this.points.poll(50, TimeUnit.MILLISECONDS);
			if (!alive && next == null) {
				return null;
			}
		}
		return next;
	}

	/** Returns all it has printed so far. */
	public String output() {
		synchronized (this.output) {
			return String.join("\n", this.output);
		}
	}

	/** Returns whether it runs, or is frozen. */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/** Returns the processor time that it has taken. */
	public Duration cpu() {
		return this.process.info().totalCpuDuration().orElseThrow();
	}

	/** Kills it by -9, and waits until it is gone. */
	public void kill() {
		this.process.destroyForcibly();
		try {
			assertThat(this.process.waitFor(30, TimeUnit.SECONDS)).as("it is dead").isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** Asks it to end by a signal, and waits until it has. */
	public void end() {
		signal("TERM");
		try {
			if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
				// Has the JVM print the stacks of its threads.
				signal("QUIT");
				Until.until("the stacks to be printed", () -> output().contains("Full thread dump"));
				throw new AssertionError("It has not ended: " + output());
			}
			// What it has printed last may not have been read yet.
			this.reader.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		kill();
	}

}
