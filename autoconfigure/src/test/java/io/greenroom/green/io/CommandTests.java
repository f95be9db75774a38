package io.greenroom.green.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/** Commands, run on green threads, with the small programs every Unix has. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
@CloseSchedulers
class CommandTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final int MEBIBYTE = 1024 * 1024;

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	@Test
	@DisplayName("C03 echo cat: out \"cat\\n\", err \"\", exit 0")
	void returnsWhatTheProgramLeft() throws Exception {
		CommandResult result = onGreenThread(Command.of("echo", "cat"));
		assertThat(result).isEqualTo(new CommandResult(0, "cat\n", "", false));
		assertThat(result.isSuccessful()).isTrue();
	}

	@Test
	@DisplayName("C03 a failure is a result: exit code and error stream")
	void failureIsAResult() throws Exception {
		CommandResult result = onGreenThread(shell("echo oops >&2; exit 3"));
		assertThat(result).isEqualTo(new CommandResult(3, "", "oops\n", false));
		assertThat(result.isSuccessful()).isFalse();
	}

	@Test
	@DisplayName("C03 directory, environment, input and charset take effect; a command runs many times")
	void settingsTakeEffect(@TempDir Path directory) throws Exception {
		Command command = shell("pwd; echo $GREETING; cat").directory(directory)
			.environment("GREETING", "hello")
			.charset(StandardCharsets.ISO_8859_1)
			.input("caf\u00e9");
		String expected = directory.toRealPath() + "\nhello\ncaf\u00e9";
		assertThat(onGreenThread(command).out()).isEqualTo(expected);
		assertThat(onGreenThread(command).out()).isEqualTo(expected);
	}

	@Test
	@DisplayName("C10 1 MiB on both streams, and of input, does not deadlock; many at once neither")
	void fullPipesDoNotDeadlock() throws Exception {
		Command command = shell("cat; head -c " + MEBIBYTE + " /dev/zero; head -c " + MEBIBYTE + " /dev/zero >&2")
			.input("x".repeat(MEBIBYTE));
		List<GreenThread<CommandResult>> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			threads.add(this.scheduler.spawn(command::run));
		}
		for (GreenThread<CommandResult> thread : threads) {
			CommandResult result = thread.get(LONG);
			assertThat(result.out()).hasSize(2 * MEBIBYTE);
			assertThat(result.err()).hasSize(MEBIBYTE);
			assertThat(result.exitCode()).isZero();
			assertThat(result.truncated()).isFalse();
		}
	}

	@Test
	@DisplayName("C10 a program that does not read its input ends all the same")
	void unreadInputIsDropped() throws Exception {
		assertThat(onGreenThread(Command.of("true").input(new byte[MEBIBYTE])).exitCode()).isZero();
	}

	@Test
	@DisplayName("C10 a timeout kills the process tree, and tells what was written")
	void timeoutKillsTheTree() {
		Command command = shell("sh -c 'sleep 1000 & echo $!; wait' & echo $!; wait").timeout(Duration.ofMillis(500));
		GreenThread<CommandResult> thread = this.scheduler.spawn(command::run);
		assertThatExceptionOfType(CommandTimeoutException.class).isThrownBy(() -> thread.get(LONG))
			.withMessageContaining("sleep 1000")
			.withMessageContaining("PT0.5S")
			.satisfies((ex) -> {
				assertThat(ex.result().exitCode()).isNotZero();
				assertThat(ex.result().out().lines()).hasSize(2)
					.allSatisfy((pid) -> Until.until("death of " + pid, () -> isDead(pid)));
			});
	}

	@Test
	@DisplayName("C10 killing the green thread kills the process tree")
	void killKillsTheTree(@TempDir Path directory) throws Exception {
		Path written = directory.resolve("pid");
		GreenThread<CommandResult> thread = this.scheduler
			.spawn(() -> shell("sleep 1000 & echo $! > pid.new; mv pid.new pid; wait").directory(directory).run());
		Until.until("pid", () -> Files.exists(written));
		thread.kill();
		assertThat(thread.join(LONG)).isTrue();
		String pid = Files.readString(written).strip();
		Until.until("death of " + pid, () -> isDead(pid));
	}

	@Test
	@DisplayName("C10 output past the limit is dropped, not kept, and the result says so")
	void outputIsBounded() throws Exception {
		CommandResult result = onGreenThread(
				shell("head -c " + MEBIBYTE + " /dev/zero; echo short >&2").outputLimit(100));
		assertThat(result.out()).hasSize(100);
		assertThat(result.err()).isEqualTo("short\n");
		assertThat(result.truncated()).isTrue();
		assertThat(onGreenThread(Command.of("printf", "12345").outputLimit(5)).truncated()).isFalse();
	}

	@Test
	@DisplayName("C03 no such program is an IOException")
	void missingProgramIsAnError() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> Command.of("no-such-program-here").run())
			.withMessageContaining("no-such-program-here");
	}

	@Test
	void badInputIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> Command.of(List.of())).withMessageContaining("empty");
		Command command = Command.of("true");
		assertThatIllegalArgumentException().isThrownBy(() -> command.timeout(Duration.ofSeconds(-1)))
			.withMessageContaining("timeout");
		assertThatIllegalArgumentException().isThrownBy(() -> command.timeout(Duration.ZERO))
			.withMessageContaining("timeout");
		assertThatIllegalArgumentException().isThrownBy(() -> command.outputLimit(0)).withMessageContaining("limit");
	}

	@Test
	@SuppressWarnings("NullAway")
	void nullIsAnError() {
		assertThatNullPointerException().isThrownBy(() -> Command.of((String) null)).withMessageContaining("program");
		assertThatNullPointerException().isThrownBy(() -> Command.of("true").environment("A", null))
			.withMessageContaining("value");
	}

	private CommandResult onGreenThread(Command command) throws Exception {
		return this.scheduler.spawn(command::run).get(LONG);
	}

	private static Command shell(String script) {
		return Command.of("sh", "-c", script);
	}

	/** A zombie that nobody has waited for yet is dead too. */
	private static boolean isDead(String pid) {
		return ProcessHandle.of(Long.parseLong(pid))
			.map((handle) -> !handle.isAlive() || handle.info().command().isEmpty())
			.orElse(true);
	}

}
