package io.greenroom.green.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Outside;
import org.jspecify.annotations.Nullable;

/**
 * A process with the threads that feed and drain it. Confined to the thread that runs it,
 * unless noted otherwise. All waits are in real time.
 */
final class RunningCommand {

	/** How long to wait for the last output of a killed process, in nanoseconds. */
	private static final long LAST_WORDS = Duration.ofSeconds(1).toNanos();

	/**
	 * Limits concurrent starts and kills, which are work for the system. Fair, so that no
	 * thread waits forever.
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
		AtomicBoolean wanted = new AtomicBoolean(true);
		Outside<Process> start = Outside.begin("greenroom-command", () -> start(builder, wanted));
		try {
			start.await(Long.MAX_VALUE);
		}
		catch (Throwable notAwaited) {
			wanted.set(false);
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

	private static Process start(ProcessBuilder builder, AtomicBoolean wanted) throws IOException {
		SYSTEM_CALLS.acquireUninterruptibly();
		try {
			if (!wanted.get()) {
				throw new IOException("The caller no longer waits for the command, so it was not started");
			}
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
			// A program need not read all of its input.
			return false;
		}
	}

	/**
	 * Waits for the end; kills the process and returns {@code false} when the time is
	 * over.
	 */
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

	private static boolean killTree(Process process) {
		ProcessKill.kill(process, SYSTEM_CALLS);
		return true;
	}

}
