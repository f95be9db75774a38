package io.greenroom.green.io;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.GreenThreadKilledException;
import io.greenroom.green.worker.Lead;
import io.greenroom.green.worker.Worker;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.LastFrames;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

/** Commands that say nothing, and who runs beside them. */
@EnabledOnOs({ OS.LINUX, OS.MAC })
@Timeout(300)
@CloseSchedulers
class CommandStarvationTests {

	private static final int MANY = 300;

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ZERO).build();

	@Test
	@DisplayName("F08 with 300 silent commands at once another green thread starts, and all of them can be killed")
	void silentCommands() throws Exception {
		List<GreenThread<CommandResult>> commands = new ArrayList<>();
		for (int i = 0; i < MANY; i++) {
			commands.add(this.scheduler.spawn(() -> Command.of("sleep", "600").run()));
		}
		for (int i = 0; i < 20; i++) {
			long start = System.nanoTime();
			long begun = this.scheduler.spawn(System::nanoTime).get(Duration.ofSeconds(20));
			assertThat(Duration.ofNanos(begun - start)).as("while the commands are started")
				.isLessThan(Duration.ofSeconds(20));
		}
		until("all to run", Duration.ofSeconds(100), () -> children() == MANY);
		assertThat(this.scheduler.spawn(() -> 1).get(Duration.ofSeconds(20))).isEqualTo(1);
		assertThat(this.scheduler.killAll(commands, Duration.ofSeconds(60))).isEmpty();
		until("none to be left", Duration.ofSeconds(100), () -> children() == 0);
	}

	@Test
	@DisplayName("C10 F08 many commands with children that are killed at once leave none of either")
	void trees() throws Exception {
		String length = "6124";
		List<GreenThread<CommandResult>> commands = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			String script = "sh -c 'sleep %s & wait' & sleep %1$s & wait".formatted(length);
			commands.add(this.scheduler.spawn(() -> Command.of("sh", "-c", script).run()));
		}
		until("all to run", () -> sleepers(length) == 24);
		assertThat(this.scheduler.killAll(commands, Duration.ofSeconds(60))).isEmpty();
		until("none to be left", () -> sleepers(length) == 0);
	}

	/** Orphans too. */
	private static long sleepers(String length) {
		return ProcessHandle.allProcesses()
			.filter((process) -> process.info().command().orElse("").contains("sleep")
					&& List.of(process.info().arguments().orElse(new String[0])).contains(length))
			.count();
	}

	private static long children() {
		return ProcessHandle.current()
			.children()
			.filter((child) -> child.info().command().orElse("").contains("sleep"))
			.count();
	}

	@Test
	@DisplayName("F03 C10 a stack that overflows in any frame of a command leaves no process")
	void overflow() throws Exception {
		String length = "6123";
		LastFrames.of(1).untilReturned().rounds(2).call(() -> {
			try {
				return Command.of("sleep", length).timeout(Duration.ofMillis(1)).run();
			}
			catch (CommandTimeoutException late) {
				return null;
			}
		}).assertBoth();
		until("no process to be left",
				() -> ProcessHandle.current()
					.children()
					.noneMatch((child) -> child.info().commandLine().orElse("").contains(length)));
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("C18 while a command runs in a worker, other routines do many steps")
	void inWorker(Worker.Mode mode) throws Exception {
		Path flag = Files.createTempFile("greenroom", ".flag");
		Files.delete(flag);
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenThread<CommandResult> command = worker
				.assign(() -> Command.of("sh", "-c", "while [ ! -e " + flag + " ]; do sleep 0.01; done; echo done")
					.timeout(Duration.ofSeconds(60))
					.run());
			// It is these steps that let the program end.
			worker.assign(() -> {
				for (int i = 0; i < 1000; i++) {
					worker.sleep(Duration.ofHours(1));
				}
				Files.createFile(flag);
			});
			assertThat(worker.work()).isTrue();
			assertThat(command.value()).isNotNull().extracting(CommandResult::out).isEqualTo("done\n");
		}
		finally {
			Files.deleteIfExists(flag);
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("C18 while a command runs in a worker, no limit is over before it would be in reality")
	void limitInWorker(Worker.Mode mode) throws Exception {
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenThread<CommandResult> command = worker.assign(() -> Command.of("sleep", "0.1").run());
			GreenThread<Boolean> caller = worker.assign(() -> command.join(Duration.ofMinutes(1)));
			worker.finish();
			assertThat(caller.value()).isTrue();
			try (Lead lead = worker.lead()) {
				GreenThread<CommandResult> again = worker.assign(() -> Command.of("sleep", "0.1").run());
				assertThat(again.join(Duration.ofMinutes(1))).isTrue();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("C18 while a command runs in a worker, the time of one that only yields does not outrun reality")
	void yieldsInWorker(Worker.Mode mode) throws Exception {
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenThread<CommandResult> command = worker.assign(() -> Command.of("sleep", "0.2").run());
			GreenThread<Long> ahead = worker.assign(() -> {
				long most = Long.MIN_VALUE;
				// The first rounds, before the command waits, are not held.
				for (int i = 0; i < 10; i++) {
					worker.pause();
				}
				long real = System.nanoTime();
				long virtual = Parking.nanoTime();
				while (!command.isDone()) {
					worker.pause();
					most = Math.max(most, Parking.nanoTime() - virtual - (System.nanoTime() - real));
				}
				return most;
			});
			assertThat(worker.work()).isTrue();
			assertThat(ahead.value()).isLessThan(Duration.ofMillis(1).toNanos());
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("C18 a command's timeout in a worker is real, and a kill ends it")
	void timeoutInWorker(Worker.Mode mode) {
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenThread<CommandResult> late = worker.scheduler()
				.spawn(() -> Command.of("sleep", "600").timeout(Duration.ofMillis(50)).run());
			GreenThread<CommandResult> killed = worker.scheduler().spawn(() -> Command.of("sleep", "600").run());
			worker.assign(() -> late.join(Duration.ofDays(9)));
			worker.assign(() -> {
				until("the time to be over in reality", () -> {
					worker.pause();
					return late.isDone();
				});
				killed.kill();
			});
			assertThat(worker.work()).isTrue();
			assertThat(late.exception()).isInstanceOf(CommandTimeoutException.class);
			assertThat(killed.exception()).isInstanceOf(GreenThreadKilledException.class);
		}
	}

}
