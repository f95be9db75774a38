package io.greenroom.green;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One process with the threads that feed and drain it. Confined to who runs it. */
final class RunningCommand {

	/** How long to wait for the last output of a process that was killed. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	/** How often to look for descendants that were born while the others were killed. */
	private static final int HUNTS = 10;

	private final Process process;

	private final Charset charset;

	private final OutputPump out;

	private final OutputPump err;

	RunningCommand(Process process, byte[] input, Charset charset, int outputLimit) {
		this.process = process;
		this.charset = charset;
		this.out = new OutputPump(process.getInputStream(), outputLimit);
		this.err = new OutputPump(process.getErrorStream(), outputLimit);
		Thread.startVirtualThread(() -> feed(process.getOutputStream(), input));
	}

	private static void feed(OutputStream stdin, byte[] input) {
		try (stdin) {
			stdin.write(input);
		}
		catch (IOException notRead) {
			// Nobody has to read all of its input.
		}
	}

	/** Waits for the end; kills the process and returns false when the time is over. */
	boolean await(Deadline deadline) throws InterruptedException {
		boolean ended = false;
		try {
			ended = this.process.waitFor(deadline.remaining()) && this.out.await(deadline.remaining())
					&& this.err.await(deadline.remaining());
		}
		finally {
			if (!ended) {
				kill();
			}
		}
		if (!ended) {
			this.process.waitFor(LAST_WORDS);
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

	/**
	 * Kills the whole tree. Who is orphaned is not found any more, so the whole tree is
	 * looked up before its root dies, and those found are searched for children again.
	 */
	private void kill() {
		Map<Long, ProcessHandle> tree = new LinkedHashMap<>();
		List<ProcessHandle> found = descendants(Stream.of(this.process.toHandle())).toList();
		this.process.destroyForcibly();
		for (int hunt = 0; hunt < HUNTS && !found.isEmpty(); hunt++) {
			found.forEach((handle) -> tree.put(handle.pid(), handle));
			List<ProcessHandle> younger = descendants(found.stream()).toList();
			found.forEach(ProcessHandle::destroyForcibly);
			found = younger.stream().filter((handle) -> !tree.containsKey(handle.pid())).toList();
		}
	}

	private static Stream<ProcessHandle> descendants(Stream<ProcessHandle> of) {
		return of.flatMap(ProcessHandle::descendants);
	}

}
