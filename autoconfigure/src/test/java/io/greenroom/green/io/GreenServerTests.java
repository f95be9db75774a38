package io.greenroom.green.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/** TCP servers on the loopback interface. */
@Timeout(60)
@CloseSchedulers
class GreenServerTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofMillis(500)).build();

	private final GreenPool pool = this.scheduler.pool("connections", 2);

	private final List<Socket> clients = new ArrayList<>();

	@AfterEach
	void close() throws IOException {
		for (Socket client : this.clients) {
			client.close();
		}
	}

	@Test
	@DisplayName("H11 each connection has a green thread of its own; two are served at once")
	void servesEachConnectionOnItsOwnThread() throws Exception {
		try (GreenServer server = listen(GreenServerTests::echo)) {
			assertThat(server.port()).isPositive();
			Socket a = connect(server);
			Socket b = connect(server);
			assertThat(roundTrip(b, 2)).isEqualTo(2);
			assertThat(roundTrip(a, 1)).isEqualTo(1);
			assertThat(server.connections()).isEqualTo(2);
			a.shutdownOutput();
			assertThat(a.getInputStream().read()).as("end of the closed connection").isEqualTo(-1);
			Until.until("one connection", () -> server.connections() == 1);
			b.shutdownOutput();
			Until.until("no connection", () -> server.connections() == 0);
		}
	}

	@Test
	@DisplayName("H11 when the pool is full accepting pauses: never more inside than its size, and all are served")
	void acceptPausesWhenFull() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		try (GreenServer server = listen((connection) -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			echo(connection);
			inside.decrementAndGet();
		})) {
			List<Socket> all = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				all.add(connect(server));
			}
			Until.until("full", () -> inside.get() == 2);
			Until.until("one accepted in line", () -> this.pool.queued() == 1);
			assertThat(server.connections()).as("accepted").isEqualTo(3);
			for (Socket client : all) {
				assertThat(roundTrip(client, 7)).isEqualTo(7);
				client.close();
			}
			assertThat(most).hasValue(2);
		}
	}

	@Test
	@DisplayName("H11 a failing handler closes its own socket only")
	void failingHandlerClosesItsSocketOnly() throws Exception {
		try (GreenServer server = listen((connection) -> {
			if (connection.getInputStream().read() == 0) {
				throw new IllegalStateException("on purpose");
			}
			echo(connection);
		})) {
			Socket good = connect(server);
			good.getOutputStream().write(1);
			Socket bad = connect(server);
			bad.getOutputStream().write(0);
			assertThat(bad.getInputStream().read()).isEqualTo(-1);
			assertThat(roundTrip(good, 5)).isEqualTo(5);
			Socket next = connect(server);
			next.getOutputStream().write(1);
			assertThat(roundTrip(next, 6)).isEqualTo(6);
		}
	}

	@Test
	@DisplayName("H11 stop closes the listener and lets handlers finish within the limit")
	void stopLetsHandlersFinish() throws Exception {
		CountDownLatch stopping = new CountDownLatch(1);
		CountDownLatch inside = new CountDownLatch(1);
		GreenServer server = listen((connection) -> {
			inside.countDown();
			stopping.await();
			connection.getOutputStream().write(9);
		});
		Socket client = connect(server);
		inside.await();
		GreenThread<Void> stopper = this.scheduler.spawn(() -> server.stop(LONG));
		Until.until("listener closed", () -> isRejected(server.port()));
		stopping.countDown();
		assertThat(client.getInputStream().read()).isEqualTo(9);
		stopper.get(LONG);
		assertThat(server.connections()).isZero();
		server.stop(Duration.ZERO);
		server.close();
	}

	@Test
	@DisplayName("H11 stop kills the handlers left when the limit is over, and who waits for a slot")
	void stopKillsWhatIsLeft() throws Exception {
		AtomicInteger interrupted = new AtomicInteger();
		CountDownLatch inside = new CountDownLatch(2);
		GreenServer server = listen((_) -> {
			inside.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.incrementAndGet();
			}
		});
		List<Socket> three = List.of(connect(server), connect(server), connect(server));
		inside.await();
		Until.until("one in line", () -> this.pool.queued() == 1);
		long start = System.nanoTime();
		server.stop(Duration.ofMillis(100));
		assertThat(System.nanoTime() - start).isBetween(Duration.ofMillis(100).toNanos(), LONG.toNanos());
		for (Socket client : three) {
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		Until.until("both handlers to be interrupted", () -> interrupted.get() == 2);
		Until.until("the pool to be whole", () -> this.pool.free() == 2 && this.pool.queued() == 0);
	}

	@Test
	@DisplayName("H11 a handler that is blocked in a read is killed too")
	void stopKillsBlockedReaders() throws Exception {
		GreenServer server = listen(GreenServerTests::echo);
		Socket client = connect(server);
		assertThat(roundTrip(client, 3)).isEqualTo(3);
		server.stop(Duration.ZERO);
		assertThat(client.getInputStream().read()).isEqualTo(-1);
		Until.until("the pool to be whole", () -> this.pool.free() == 2);
	}

	@Test
	@DisplayName("H11 a handler may stop its own server, and finishes")
	void handlerMayStopItsServer() throws Exception {
		AtomicReference<GreenServer> self = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		self.set(listen((connection) -> {
			known.await();
			self.get().stop(Duration.ZERO);
			connection.getOutputStream().write(4);
		}));
		Socket client = connect(self.get());
		known.countDown();
		assertThat(client.getInputStream().read()).isEqualTo(4);
	}

	@Test
	@DisplayName("H11 a draining scheduler stops its servers")
	void drainStopsTheServer() throws Exception {
		GreenServer server = listen(GreenServerTests::echo);
		Socket client = connect(server);
		assertThat(roundTrip(client, 8)).isEqualTo(8);
		DrainReport report = this.scheduler.drain(Duration.ofMillis(200));
		assertThat(report.stuck()).isEmpty();
		assertThat(client.getInputStream().read()).isEqualTo(-1);
		assertThat(isRejected(server.port())).isTrue();
		assertThatExceptionOfType(SchedulerClosedException.class).isThrownBy(() -> listen(GreenServerTests::echo));
	}

	@Test
	@DisplayName("H11 a server whose pool was closed accepts no more")
	void closedPoolEndsTheServer() throws Exception {
		GreenServer server = listen(GreenServerTests::echo);
		this.pool.close();
		Socket client = connect(server);
		assertThat(client.getInputStream().read()).isEqualTo(-1);
		Until.until("listener closed", () -> isRejected(server.port()));
	}

	@Test
	@DisplayName("H11 200 short connections, with the server stopped amid them: every slot comes back")
	void slotsComeBack() throws Exception {
		GreenServer server = listen(GreenServerTests::echo);
		GreenThread<Void> caller = this.scheduler.spawn(() -> {
			try {
				for (int i = 0; i < 200; i++) {
					try (Socket client = new Socket(ANY.getAddress(), server.port())) {
						roundTrip(client, 1);
					}
					if (i == 150) {
						this.scheduler.spawn(() -> server.stop(Duration.ZERO));
					}
				}
			}
			catch (IOException stopped) {
				// Rejected or cut off, as it should.
			}
		});
		caller.get(LONG);
		Until.until("the pool to be whole", () -> this.pool.free() == 2 && this.pool.queued() == 0);
		assertThat(server.connections()).isZero();
	}

	@Test
	@SuppressWarnings("NullAway")
	void badInputIsAnError() throws Exception {
		assertThatNullPointerException().isThrownBy(() -> listen(null)).withMessageContaining("handler");
		try (ServerSocket taken = new ServerSocket(0, 1, ANY.getAddress())) {
			InetSocketAddress address = new InetSocketAddress(ANY.getAddress(), taken.getLocalPort());
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> GreenServer.listen(this.scheduler, this.pool, address, GreenServerTests::echo));
		}
		try (GreenServer server = listen(GreenServerTests::echo)) {
			assertThatIllegalArgumentException().isThrownBy(() -> server.stop(Duration.ofSeconds(-1)));
			assertThat(roundTrip(connect(server), 1)).isEqualTo(1);
		}
	}

	private GreenServer listen(GreenServer.Handler handler) throws IOException {
		return GreenServer.listen(this.scheduler, this.pool, ANY, handler);
	}

	private Socket connect(GreenServer server) throws IOException {
		Socket client = new Socket(ANY.getAddress(), server.port());
		client.setSoTimeout((int) LONG.toMillis());
		this.clients.add(client);
		return client;
	}

	private static boolean isRejected(int port) {
		try (Socket _ = new Socket(ANY.getAddress(), port)) {
			return false;
		}
		catch (IOException rejected) {
			return true;
		}
	}

	private static int roundTrip(Socket client, int letter) throws IOException {
		client.getOutputStream().write(letter);
		return client.getInputStream().read();
	}

	private static void echo(Socket connection) throws IOException {
		connection.getInputStream().transferTo(connection.getOutputStream());
	}

}
