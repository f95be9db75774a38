package io.greenroom.green.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Outside;
import org.jspecify.annotations.Nullable;

/**
 * One process with the threads that feed and drain it. Confined to who runs it, but for
 * what is said otherwise. All of its waits are in real time.
 */
final class RunningCommand {

	/** How long to wait for the last output of a process that was killed. */
	private static final long LAST_WORDS = Duration.ofSeconds(1).toNanos();

	/** How often to look for descendants that were born while the others were killed. */
	private static final int HUNTS = 10;

	/**
	 * Starting and killing are work for the system: many at once must leave some of it to
	 * others. Fair, so that none waits for ever.
	 */
	private static final Semaphore SYSTEM_CALLS = new Semaphore(
			Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

	private final Process process;

	private final Charset charset;

	private final Outside<?> exit;

	private final OutputPump out;

	private final OutputPump err;

	private RunningCommand(Process process, byte[] input, Charset charset, int outputLimit) {
		this.process = process;
		this.charset = charset;
		try {
			this.out = new OutputPump(process.getInputStream(), outputLimit);
			this.err = new OutputPump(process.getErrorStream(), outputLimit);
			this.exit = Outside.begin("greenroom-command", process::waitFor);
			Outside.begin("greenroom-input", () -> feed(process.getOutputStream(), input));
		}
		catch (Throwable noThread) {
			process.destroyForcibly();
			throw noThread;
		}
	}

	/** Starts it; a caller that is interrupted meanwhile leaves nothing running. */
	static RunningCommand start(ProcessBuilder builder, byte[] input, Charset charset, int outputLimit)
			throws IOException, InterruptedException {
		Outside<Process> start = Outside.begin("greenroom-command", () -> start(builder));
		try {
			start.await(Long.MAX_VALUE);
		}
		catch (Throwable notAwaited) {
			start.awaitUninterruptibly(Long.MAX_VALUE);
			Process process = started(start);
			if (process != null) {
				kill(process);
			}
			throw notAwaited;
		}
		return new RunningCommand(Objects.requireNonNull(start.result()), input, charset, outputLimit);
	}

	private static @Nullable Process started(Outside<Process> start) {
		try {
			return start.result();
		}
		catch (Exception notStarted) {
			return null;
		}
	}

	private static Process start(ProcessBuilder builder) throws IOException {
		SYSTEM_CALLS.acquireUninterruptibly();
		try {
			return builder.start();
		}
		finally {
			SYSTEM_CALLS.release();
		}
	}

	private static boolean feed(OutputStream stdin, byte[] input) {
		try (stdin) {
			stdin.write(input);
			return true;
		}
		catch (IOException notRead) {
			// Nobody has to read all of its input.
			return false;
		}
	}

	/** Waits for the end; kills the process and returns false when the time is over. */
	boolean await(long nanos) throws InterruptedException {
		Countdown time = new Countdown(nanos, System::nanoTime);
		boolean ended = false;
		try {
			ended = this.exit.await(time.left()) && this.out.await(time.left()) && this.err.await(time.left());
		}
		finally {
			if (!ended) {
				kill(this.process);
			}
		}
		if (!ended) {
			this.exit.await(LAST_WORDS);
			this.out.await(LAST_WORDS);
			this.err.await(LAST_WORDS);
		}
		return ended;
	}

	CommandResult result() {
		int exitCode = this.process.isAlive() ? -1 : this.process.exitValue();
		return new CommandResult(exitCode, this.out.text(this.charset), this.err.text(this.charset),
				this.out.truncated() || this.err.truncated());
	}

	/** Kills the whole tree, and waits until that is done. */
	private static void kill(Process process) {
		try {
			Outside.begin("greenroom-command", () -> killTree(process)).awaitUninterruptibly(Long.MAX_VALUE);
		}
		catch (OutOfMemoryError noThread) {
			killTree(process);
		}
	}

	/**
	 * Who is orphaned is not found any more, so the whole tree is looked up before its
	 * root dies, and those found are searched for children again.
	 */
	private static boolean killTree(Process process) {
		SYSTEM_CALLS.acquireUninterruptibly();
		try {
			Map<Long, ProcessHandle> tree = new LinkedHashMap<>();
			List<ProcessHandle> found = descendants(Stream.of(process.toHandle())).toList();
			process.destroyForcibly();
			for (int hunt = 0; hunt < HUNTS && !found.isEmpty(); hunt++) {
				found.forEach((handle) -> tree.put(handle.pid(), handle));
				List<ProcessHandle> younger = descendants(found.stream()).toList();
				found.forEach(ProcessHandle::destroyForcibly);
				found = younger.stream().filter((handle) -> !tree.containsKey(handle.pid())).toList();
			}
			return true;
		}
		finally {
			SYSTEM_CALLS.release();
		}
	}

	private static Stream<ProcessHandle> descendants(Stream<ProcessHandle> of) {
		return of.flatMap(ProcessHandle::descendants);
	}

}
