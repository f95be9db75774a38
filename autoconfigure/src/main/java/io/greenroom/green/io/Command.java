package io.greenroom.green.io;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.greenroom.green.internal.Limits;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program in a process of its own, and waits for it without holding a carrier of
 * virtual threads:
 * {@snippet :
 * CommandResult result = Command.of("git", "log", "-1").directory(project).timeout(Duration.ofSeconds(5)).run();
 * }
 * Both output streams are read while the program runs, so that it never blocks on a full
 * pipe. Up to the {@linkplain #outputLimit output limit} is kept of each. Arguments are
 * passed to the program as they are, without a shell. A running command uses three
 * platform threads with small stacks; to run many thousands, use a
 * {@link io.greenroom.green.GreenPool GreenPool}.
 * <p>
 * In a routine of a {@link io.greenroom.green.worker.Worker Worker}, the other routines
 * go on meanwhile. The program and its timeout run in real time.
 * <p>
 * A command may be run any number of times. Not thread-safe while it is being configured.
 * Inspired by the command of the clockwork worker.
 */
public final class Command {

	private final List<String> arguments;

	private final Map<String, String> environment = new TreeMap<>();

	private @Nullable Path directory;

	private byte[] input = {};

	private Charset charset = StandardCharsets.UTF_8;

	private @Nullable Duration timeout;

	private int outputLimit = 16 * 1024 * 1024;

	private Command(List<String> arguments) {
		this.arguments = arguments;
	}

	/**
	 * Creates a command.
	 * @param program the program, looked up on the path if it has no directory
	 * @param arguments its arguments
	 * @return a new command
	 */
	public static Command of(String program, String... arguments) {
		Objects.requireNonNull(program, "program");
		List<String> all = new ArrayList<>(List.of(Objects.requireNonNull(arguments, "arguments")));
		all.addFirst(program);
		return of(all);
	}

	/**
	 * Creates a command.
	 * @param arguments the program and its arguments
	 * @return a new command
	 * @throws IllegalArgumentException if the list is empty
	 */
	public static Command of(List<String> arguments) {
		if (Objects.requireNonNull(arguments, "arguments").isEmpty()) {
			throw new IllegalArgumentException("The command is empty; give a program and its arguments");
		}
		return new Command(List.copyOf(arguments));
	}

	/**
	 * Sets the directory to run in.
	 * @param directory the directory; that of this process by default
	 * @return this command
	 */
	public Command directory(Path directory) {
		this.directory = Objects.requireNonNull(directory, "directory");
		return this;
	}

	/**
	 * Adds a variable to the environment, or replaces one.
	 * @param name its name
	 * @param value its value
	 * @return this command
	 */
	public Command environment(String name, String value) {
		this.environment.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
		return this;
	}

	/**
	 * Sets what the program reads from its standard input, encoded in the charset that is
	 * set at the time of this call.
	 * @param input the text; empty by default
	 * @return this command
	 */
	public Command input(String input) {
		return input(Objects.requireNonNull(input, "input").getBytes(this.charset));
	}

	/**
	 * Sets what the program reads from its standard input.
	 * @param input the bytes; empty by default
	 * @return this command
	 */
	public Command input(byte[] input) {
		this.input = Objects.requireNonNull(input, "input").clone();
		return this;
	}

	/**
	 * Sets the charset of input and output. {@link StandardCharsets#ISO_8859_1} preserves
	 * every byte of a binary output.
	 * @param charset the charset; UTF-8 by default
	 * @return this command
	 */
	public Command charset(Charset charset) {
		this.charset = Objects.requireNonNull(charset, "charset");
		return this;
	}

	/**
	 * Sets how long the program may run.
	 * @param timeout the time; unlimited by default
	 * @return this command
	 * @throws IllegalArgumentException if the timeout is negative or zero
	 */
	public Command timeout(Duration timeout) {
		if (Limits.nanos(timeout, "timeout") == 0) {
			throw new IllegalArgumentException("The timeout is zero; give the command some time");
		}
		this.timeout = timeout;
		return this;
	}

	/**
	 * Sets how much of each output stream is kept. What exceeds it is read and dropped,
	 * and the result says so.
	 * @param bytes the number of bytes; 16 MiB by default
	 * @return this command
	 * @throws IllegalArgumentException if the number is less than 1
	 */
	public Command outputLimit(int bytes) {
		if (bytes < 1) {
			throw new IllegalArgumentException(
					"The output limit is " + bytes + "; give a number of bytes of at least 1");
		}
		this.outputLimit = bytes;
		return this;
	}

	/**
	 * Runs the program, and blocks until it and its output have ended. The process and
	 * all its descendants are killed when the time is over or the caller is interrupted.
	 * Descendants that have detached themselves before that are not found.
	 * @return the result, whatever the exit code
	 * @throws IOException if the program cannot be started
	 * @throws CommandTimeoutException if it has not ended in time
	 * @throws InterruptedException if the caller is interrupted before or while it waits
	 */
	public CommandResult run() throws IOException, InterruptedException {
		StackRoom.check();
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		ProcessBuilder builder = new ProcessBuilder(this.arguments);
		builder.environment().putAll(this.environment);
		if (this.directory != null) {
			builder.directory(this.directory.toFile());
		}
		RunningCommand running = RunningCommand.start(builder, this.input, this.charset, this.outputLimit);
		if (running.await((this.timeout == null) ? Long.MAX_VALUE : Limits.nanos(this.timeout, "timeout"))) {
			return running.result();
		}
		throw new CommandTimeoutException(this.arguments, Objects.requireNonNull(this.timeout), running.result());
	}

	@Override
	public String toString() {
		return "Command" + this.arguments;
	}

}
