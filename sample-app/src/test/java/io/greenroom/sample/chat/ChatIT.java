package io.greenroom.sample.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

import io.greenroom.green.GreenScheduler;
import io.greenroom.sample.Customer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ExtendWith(OutputCaptureExtension.class)
class ChatIT {

	/** Many more than an outbox and the buffers of a connection hold. */
	private static final int MOST = 50_000;

	@LocalServerPort
	private int web;

	@Autowired
	private TelnetServer telnet;

	@Autowired
	private Room room;

	@Autowired
	private GreenScheduler scheduler;

	@BeforeEach
	void everybodyOfTheLastTestHasLeft() {
		until(() -> this.room.names().isEmpty());
	}

	@Test
	@DisplayName("H12 WebSocket, telnet, chat: a browser and a terminal talk in one room, each served by green threads of its own")
	void browsersAndTerminalsShareTheRoom() throws Exception {
		try (BrowserPage ann = BrowserPage.enter(this.web, "Ann");
				Terminal bob = Terminal.enter(this.telnet.port(), "Bob")) {
			ann.until("* Bob came in. In the room: Ann, Bob.");
			ann.say("Break a leg, <b>Bob</b> & all");
			assertThat(bob.until("leg")).isEqualTo("Ann: Break a leg, <b>Bob</b> & all");
			assertThat(ann.until("leg")).as("the echo").isEqualTo("Ann: Break a leg, <b>Bob</b> & all");
			bob.say("Thänks 🎭");
			assertThat(ann.until("Bob:")).isEqualTo("Bob: Thänks 🎭");

			assertThat(this.scheduler.dump(0).toString()).contains("chat-to-Ann", "chat-to-Bob");
			bob.close();
			ann.until("* Bob left.");
		}
		until(() -> this.room.names().isEmpty());
	}

	@Test
	@DisplayName("H12 chat: eight talk at once over both wires, and all read the same lines in the same order")
	void everybodyReadsTheSame() throws Exception {
		int lines = 20;
		List<Terminal> terminals = new ArrayList<>();
		List<BrowserPage> pages = new ArrayList<>();
		try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < 4; i++) {
				terminals.add(Terminal.enter(this.telnet.port(), "T" + i));
				pages.add(BrowserPage.enter(this.web, "P" + i));
			}
			List<Callable<List<String>>> readers = new ArrayList<>();
			terminals.forEach((terminal) -> readers.add(() -> talk(terminal::read, 8 * lines)));
			pages.forEach((page) -> readers.add(() -> talk(page::read, 8 * lines)));
			List<Future<List<String>>> read = readers.stream().map(threads::submit).toList();
			for (Terminal terminal : terminals) {
				threads.submit(() -> {
					for (int i = 0; i < lines; i++) {
						terminal.say("line " + i);
					}
					return null;
				});
			}
			for (BrowserPage page : pages) {
				threads.submit(() -> {
					for (int i = 0; i < lines; i++) {
						page.say("line " + i);
					}
					return null;
				});
			}
			List<String> first = read.getFirst().get();
			assertThat(first).doesNotHaveDuplicates();
			for (Future<List<String>> reader : read) {
				assertThat(reader.get()).isEqualTo(first);
			}
		}
		finally {
			for (Terminal terminal : terminals) {
				terminal.close();
			}
			pages.forEach(BrowserPage::close);
		}
	}

	@Test
	@DisplayName("H12 telnet: a client that does not read delays no one, and is disconnected when its outbox is full")
	void aTerminalThatDoesNotReadIsShownOut(CapturedOutput output) throws Exception {
		try (Terminal slow = Terminal.enter(this.telnet.port(), "Slow")) {
			talkUntilShownOut("Slow");
			assertThat(output).contains("'Slow' does not read its 100 pending lines");
			until(() -> !this.scheduler.dump(0).toString().contains("chat-to-Slow"));
			assertThat(slow.ends()).isTrue();
		}
	}

	@Test
	@DisplayName("H12 WebSocket: a client that does not read delays no one, and is disconnected when its outbox is full")
	void aBrowserThatDoesNotReadIsShownOut(CapturedOutput output) throws Exception {
		try (BrowserPage slow = BrowserPage.connectWithoutReading(this.web)) {
			slow.say("Snail");
			until(() -> this.room.names().contains("Snail"));
			talkUntilShownOut("Snail");
			assertThat(output).contains("'Snail' does not read its 100 pending lines");
			until(() -> !this.scheduler.dump(0).toString().contains("chat-to-Snail"));
		}
	}

	/** One line after the other, each read by somebody before the next is said. */
	private void talkUntilShownOut(String slow) throws Exception {
		try (Terminal reader = Terminal.enter(this.telnet.port(), "Reader")) {
			Member talker = this.room.enter("Talker");
			String text = "x".repeat(Room.LINE_LENGTH - 10);
			int said = 0;
			while (this.room.names().contains(slow)) {
				assertThat(++said).isLessThan(MOST);
				this.room.say(talker, said + " " + text);
				reader.until("Talker: " + said + " ");
				talker.lines().iterator().next(); // reads its own echo
			}
			reader.until("* " + slow + " read too slowly and was disconnected.");
			assertThat(this.room.names()).containsExactlyInAnyOrder("Reader", "Talker");
			this.room.leave(talker);
		}
	}

	@Test
	void whatWouldUpsetATerminalIsTakenOutAndALongLineIsCut() throws Exception {
		try (Terminal ann = Terminal.enter(this.telnet.port(), "Ann")) {
			ann.say("\u0007\u001b[2Jbell\u202e and\u0000 clear");
			assertThat(ann.until("Ann:")).isEqualTo("Ann: [2Jbell and clear");
			ann.say("   ");
			ann.say("y".repeat(1_000_000));
			assertThat(ann.until("Ann:")).isEqualTo("Ann: " + "y".repeat(Room.LINE_LENGTH));
		}
	}

	@Test
	void whoCanNotComeInIsToldWhy() throws Exception {
		try (BrowserPage ann = BrowserPage.enter(this.web, "Ann");
				BrowserPage second = BrowserPage.connect(this.web);
				Terminal third = Terminal.connect(this.telnet.port());
				Terminal nameless = Terminal.connect(this.telnet.port());
				Terminal long21 = Terminal.connect(this.telnet.port())) {
			second.say("Ann");
			assertThat(second.read()).isEqualTo("There is already a Ann in the room. Use another name.");
			assertThat(second.ends()).isEqualTo(1008);
			third.say(" Ann ");
			assertThat(third.read()).isEqualTo("There is already a Ann in the room. Use another name.");
			assertThat(third.ends()).isTrue();
			nameless.say("");
			assertThat(nameless.read()).isEqualTo("A name has 1 to 20 characters, and yours has 0.");
			long21.say("n".repeat(21));
			assertThat(long21.read()).isEqualTo("A name has 1 to 20 characters, and yours has 21.");
			assertThat(this.room.names()).containsExactly("Ann");
		}
	}

	@Test
	void aPageOfAnotherSiteIsRejected() {
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> BrowserPage.connectFrom(this.web, "http://elsewhere.example"))
			.withStackTraceContaining("403");
	}

	@FunctionalInterface
	private interface Reader {

		String read() throws Exception;

	}

	private static List<String> talk(Reader reader, int lines) throws Exception {
		List<String> read = new ArrayList<>();
		while (read.size() < lines) {
			String line = reader.read();
			if (!line.startsWith("* ")) {
				read.add(line);
			}
		}
		return read;
	}

	private static void until(BooleanSupplier condition) {
		long end = System.nanoTime() + Customer.LIMIT.toNanos();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).as("within " + Customer.LIMIT).isLessThan(end);
			Thread.yield();
		}
	}

}
