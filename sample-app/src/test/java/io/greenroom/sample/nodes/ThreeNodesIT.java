package io.greenroom.sample.nodes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.greenroom.sample.Customer;
import io.greenroom.sample.Customer.Answer;
import io.greenroom.testkit.Chromium;
import io.greenroom.testkit.FreePorts;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The house on three nodes, as {@link ThreeNodes} starts it: real processes and HTTP. */
@Timeout(600)
class ThreeNodesIT {

	private static final int SHOWS = 6;

	private static final int CUSTOMERS = 4;

	private static final int SEATS = 50;

	private final List<Integer> ports = FreePorts.of(6);

	/** Who has a seat, as the house has answered. */
	private final Map<String, String> tickets = new ConcurrentHashMap<>();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	@Test
	@DisplayName("N01 N14 customers of one node buy while another is killed: no purchase fails, none is lost, no seat is sold twice")
	void buyingGoesOn(@TempDir Path folder) throws Exception {
		String[] shows = Stream.iterate(1, (i) -> i <= SHOWS, (i) -> i + 1)
			.map((i) -> "show" + i)
			.toArray(String[]::new);
		List<String> settings = Stream.of(shows)
			.flatMap((show) -> Stream.of("--box-office.shows.%s.title=%s".formatted(show, show),
					"--box-office.shows.%s.open-at-once=true".formatted(show)))
			.toList();
		try (ThreeNodes three = ThreeNodes.start(folder, this.ports.subList(0, 3), this.ports.subList(3, 6), settings);
				Customer customer = new Customer(this.ports.get(0))) {
			for (int i = 0; i < 3; i++) {
				untilUp(three, i);
			}
			until(three, () -> victim(customer) > 0);
			int victim = victim(customer);
			int survivor = 3 - victim;

			CountDownLatch bought = new CountDownLatch(SHOWS * SEATS / 4);
			List<Thread> customers = new ArrayList<>();
			for (int i = 0; i < CUSTOMERS; i++) {
				int first = i;
				customers.add(Thread.ofVirtual().start(() -> {
					for (int n = 0; n < SHOWS * SEATS; n++) {
						buy(customer, shows, (n + first) % (SHOWS * SEATS), "B" + first);
						bought.countDown();
					}
				}));
			}
			assertThat(bought.await(2, TimeUnit.MINUTES)).as(() -> this.failures + logs(three)).isTrue();
			three.node(victim).destroyForcibly();
			for (Thread buyer : customers) {
				buyer.join();
			}

			assertThat(this.failures).as(() -> logs(three)).isEmpty();
			assertThat(seats(customer, shows)).isEqualTo(new TreeMap<>(this.tickets)).hasSize(SHOWS * SEATS);
			try (Customer other = new Customer(this.ports.get(survivor))) {
				assertThat(seats(other, shows)).isEqualTo(this.tickets);
			}
			assertThat(owners(customer)).doesNotContain(this.ports.get(victim).toString());

			assertThat(nodes(customer)).containsExactlyInAnyOrderEntriesOf(
					Map.of(this.ports.get(0), true, this.ports.get(victim), false, this.ports.get(survivor), true));
			assertOnlyThePageCanKill(survivor);
			assertThat(three.node(survivor).isAlive()).isTrue();
			assertThat(kill(survivor, "127.0.0.1", "X-Box-Office: kill")).startsWith("HTTP/1.1 202");
			assertThat(three.node(survivor).waitFor(30, TimeUnit.SECONDS)).isTrue();
			assertThat(three.node(survivor).exitValue()).isEqualTo(137);
		}
	}

	@Test
	@DisplayName("N01 the page works on three nodes: its buttons sell seats of another node's show and kill that node, and buying goes on")
	void thePage(@TempDir Path folder) throws Exception {
		Assumptions.assumeTrue(Chromium.find().isPresent(),
				"There is no browser; install Debian's package 'chromium' to run this test");
		try (ThreeNodes three = ThreeNodes.start(folder, this.ports.subList(0, 3), this.ports.subList(3, 6), List.of());
				Customer customer = new Customer(this.ports.get(0));
				Chromium browser = Chromium.start()) {
			for (int i = 0; i < 3; i++) {
				untilUp(three, i);
			}
			browser.window(1280, 1400, false);
			browser.open("http://127.0.0.1:" + this.ports.get(0));
			untilTrue(browser, "three nodes on the page", "document.querySelectorAll('#nodes .up').length === 3");
			browser.evaluate("$('more').open = true; $('race').click(); $('rush').click()");
			untilTrue(browser, "a race on this node", "$('guarded-sum').textContent === 'No seat sold twice'");
			untilTrue(browser, "a rush", "$('rush-result').textContent.startsWith('50 have a seat')");
			until(three, () -> victim(customer) > 0);
			int victim = victim(customer);
			String show = customer.get("/shows")
				.json()
				.valueStream()
				.filter((line) -> line.get("node").asString().equals(this.ports.get(victim).toString()))
				.map((line) -> line.get("id").asString())
				.findFirst()
				.orElseThrow();
			browser.evaluate("watch('" + show + "')");
			untilTrue(browser, "the show", "picture.show.id === '" + show + "'");
			browser.evaluate("document.querySelector('[data-key=\"" + this.ports.get(victim) + "\"] button').click()");
			untilTrue(browser, "one node to be down", "document.querySelectorAll('#nodes .up').length === 2");
			untilTrue(browser, "another owner of the show", "![undefined, '" + this.ports.get(victim)
					+ "'].includes(picture.programme.find((line) => line.id === '" + show + "').node)");
			browser.picture(Path.of("target", "page", "three-nodes.png"));
			String seat = "picture.show.seats.find((one) => one.seat === 'C3').buyer";
			browser.evaluate("if (!onSale()) document.querySelector('[data-key=onSale]').click()");
			untilTrue(browser, "the sale", "onSale() && picture.show.state === 'onSale' || " + seat);
			browser.evaluate("if (!" + seat + ") document.querySelector('[data-key=C3]').click()");
			untilTrue(browser, "a buyer of the seat", seat);
		}
	}

	private static void untilTrue(Chromium browser, String what, String expression) {
		Until.until(what, Duration.ofMinutes(3), () -> {
			try {
				return browser.evaluate("Boolean(" + expression + ")").asBoolean();
			}
			catch (IllegalStateException notYet) {
				return false;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private void assertOnlyThePageCanKill(int node) throws IOException {
		assertThat(kill(node, "127.0.0.1", "Accept: */*")).as("a form of another site").startsWith("HTTP/1.1 403");
		assertThat(kill(node, "box-office.example", "X-Box-Office: kill")).as("a name that leads here")
			.startsWith("HTTP/1.1 403");
		assertThat(ask("OPTIONS", node, "127.0.0.1", """
				Origin: http://box-office.example
				Access-Control-Request-Method: POST
				Access-Control-Request-Headers: X-Box-Office""").toLowerCase(Locale.ROOT))
			.doesNotContain("access-control-allow");
	}

	private String kill(int node, String host, String header) throws IOException {
		return ask("POST", node, host, header);
	}

	/** Asks the first node, as a browser may; the client of the JDK sets no host. */
	private String ask(String method, int node, String host, String headers) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.ports.get(0))) {
			socket.setSoTimeout((int) Customer.LIMIT.toMillis());
			String request = "%s /nodes/%d/kill HTTP/1.1\nHost: %s:%d\n%s\nContent-Length: 0\nConnection: close\n\n"
				.formatted(method, this.ports.get(node), host, this.ports.get(0), headers);
			socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/**
	 * Returns a node that has a show and that customers do not ask; 0 if there is none.
	 */
	private int victim(Customer customer) throws IOException, InterruptedException {
		return owners(customer).stream()
			.mapToInt((port) -> this.ports.indexOf(Integer.valueOf(port)))
			.filter((node) -> node > 0)
			.findFirst()
			.orElse(0);
	}

	private static Map<Integer, Boolean> nodes(Customer customer) throws IOException, InterruptedException {
		Map<Integer, Boolean> nodes = new HashMap<>();
		for (JsonNode node : customer.get("/nodes").json()) {
			nodes.put(node.get("port").asInt(), node.get("up").asBoolean());
		}
		return nodes;
	}

	private void buy(Customer customer, String[] shows, int seat, String name) {
		String path = "/shows/%s/seats/%s%d".formatted(shows[seat % shows.length],
				(char) ('A' + seat / shows.length / 10), seat / shows.length % 10 + 1);
		try {
			Answer answer = customer.post(path + "?buyer=" + name);
			String holder = (answer.status() == 200) ? this.tickets.putIfAbsent(path, name) : null;
			if (holder != null || (answer.status() != 200 && !isTaken(answer))) {
				this.failures.add("%s for %s, while %s has it: %d %s".formatted(path, name, holder, answer.status(),
						answer.body()));
			}
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			this.failures.add(path + ": " + ex);
		}
	}

	private static boolean isTaken(Answer answer) {
		return answer.status() == 409 && answer.json().at("/title").asString().equals("Seat taken");
	}

	private static Map<String, String> seats(Customer customer, String[] shows)
			throws IOException, InterruptedException {
		Map<String, String> seats = new HashMap<>();
		for (String show : shows) {
			for (JsonNode seat : customer.get("/shows/" + show).json().get("seats")) {
				seats.put("/shows/%s/seats/%s".formatted(show, seat.get("seat").asString()),
						seat.get("buyer").asString());
			}
		}
		return seats;
	}

	private static List<String> owners(Customer customer) throws IOException, InterruptedException {
		return customer.get("/shows").json().findValuesAsString("node");
	}

	private void untilUp(ThreeNodes three, int node) throws Exception {
		try (Customer customer = new Customer(this.ports.get(node))) {
			until(three, () -> customer.get("/shows").status() == 200);
		}
	}

	private static void until(ThreeNodes three, Callable<Boolean> condition) throws Exception {
		long start = System.nanoTime();
		boolean holds = false;
		while (!holds) {
			boolean dead = IntStream.range(0, 3).anyMatch((i) -> !three.node(i).isAlive());
			if (dead || System.nanoTime() - start > TimeUnit.MINUTES.toNanos(5)) {
				throw new AssertionError((dead ? "A node has ended:" : "The nodes are not up:") + logs(three));
			}
			try {
				holds = condition.call();
			}
			catch (IOException notYet) {
				LockSupport.parkNanos(50_000_000);
			}
		}
	}

	private static String logs(ThreeNodes three) {
		StringBuilder logs = new StringBuilder();
		for (int i = 0; i < 3; i++) {
			try {
				logs.append("\n--- node ").append(i).append('\n').append(Files.readString(three.log(i)));
			}
			catch (IOException ex) {
				logs.append(ex);
			}
		}
		return logs.toString();
	}

}
