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
 * Both output streams are read while it runs, so that it never stops on a full pipe; of
 * each at most the {@linkplain #outputLimit output limit} is kept. Arguments go to the
 * program as they are, no shell looks at them. While it runs, a command takes three
 * platform threads with small stacks, which no other green thread needs; run many
 * thousands at once in a {@link io.greenroom.green.GreenPool GreenPool}.
 * <p>
 * In a routine of a {@link io.greenroom.green.worker.Worker Worker} the others go on
 * meanwhile; the program runs, and its timeout counts, in real time.
 * <p>
 * A command may be run many times. Not safe for use by several threads while it is being
 * set up. The idea is the command of the clockwork worker.
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
	 * Makes a command.
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
	 * Makes a command.
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
	 * @param directory the directory; this process's own unless set
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
	 * Sets what the program reads from its standard input, in the charset that is set
	 * when this is called.
	 * @param input the text; nothing unless set
	 * @return this command
	 */
	public Command input(String input) {
		return input(Objects.requireNonNull(input, "input").getBytes(this.charset));
	}

	/**
	 * Sets what the program reads from its standard input.
	 * @param input the bytes; none unless set
	 * @return this command
	 */
	public Command input(byte[] input) {
		this.input = Objects.requireNonNull(input, "input").clone();
		return this;
	}

	/**
	 * Sets how texts become bytes and the reverse. {@link StandardCharsets#ISO_8859_1}
	 * keeps every byte of a binary output.
	 * @param charset the charset; UTF-8 unless set
	 * @return this command
	 */
	public Command charset(Charset charset) {
		this.charset = Objects.requireNonNull(charset, "charset");
		return this;
	}

	/**
	 * Sets how long the program may run.
	 * @param timeout how long; without a limit unless set
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
	 * Sets how much of each output stream is kept. What comes after is read and dropped,
	 * and the result says so.
	 * @param bytes how many bytes; 16 MiB unless set
	 * @return this command
	 * @throws IllegalArgumentException if the number is less than 1
	 */
	public Command outputLimit(int bytes) {
		if (bytes < 1) {
			throw new IllegalArgumentException("The output limit is " + bytes + "; give a number of bytes from 1 up");
		}
		this.outputLimit = bytes;
		return this;
	}

	/**
	 * Runs the program and waits until it and its output have ended. Blocks; the process
	 * and all its descendants are killed when the time is over or the caller is
	 * interrupted. Descendants that have cut themselves loose before that are not found.
	 * @return what it left, whatever its exit code
	 * @throws IOException if the program can't be started
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
