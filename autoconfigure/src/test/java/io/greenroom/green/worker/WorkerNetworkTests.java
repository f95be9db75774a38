package io.greenroom.green.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenThread;
import io.greenroom.green.io.GreenServer;
import io.greenroom.testkit.ForkedJvm;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Routines that wait for the network, and threads that they leave behind. */
@Timeout(60)
class WorkerNetworkTests {

	@DisplayName("U01 C18 a routine that reads from the network is not taken for stuck, and ends when the answer is there")
	@ParameterizedTest
	@EnumSource
	void reads(Worker.Mode mode) throws Exception {
		try (Server server = new Server(); Worker worker = Worker.builder().mode(mode).build()) {
			AtomicReference<Thread> reader = new AtomicReference<>();
			Thread stepper = Thread.currentThread();
			CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> server.answer(() -> {
				Until.waiting(reader.get());
				Until.waiting(stepper);
			}));
			CompletableFuture<Integer> read = new CompletableFuture<>();
			worker.assign("reader", () -> {
				reader.set(Thread.currentThread());
				read.complete(server.ask());
			});
			worker.finish();
			assertThat(read).isCompletedWithValue(42);
			answered.get(30, TimeUnit.SECONDS);
		}
	}

	@DisplayName("C08 C18 the next task of a worker whose only routine reads from the network comes with the answer")
	@ParameterizedTest
	@EnumSource
	void nextTask(Worker.Mode mode) throws Exception {
		try (Server server = new Server(); Worker worker = Worker.builder().mode(mode).build()) {
			CompletableFuture<Void> answered = CompletableFuture
				.runAsync(() -> server.answer(WorkerNetworkTests::pauseInReality));
			GreenThread<Integer> reader = worker.assign("reader", () -> server.ask());
			while (!reader.isDone()) {
				worker.doNextTask();
			}
			assertThat(reader.value()).isEqualTo(42);
			answered.get(30, TimeUnit.SECONDS);
		}
	}

	@DisplayName("U01 C18 a routine that waits for the JDK's HTTP client, or for a process, is not taken for stuck either")
	@ParameterizedTest
	@EnumSource
	void futures(Worker.Mode mode) throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		AtomicReference<Thread> caller = new AtomicReference<>();
		Thread stepper = Thread.currentThread();
		server.createContext("/", (exchange) -> {
			Until.waiting(caller.get());
			Until.waiting(stepper);
			exchange.sendResponseHeaders(204, -1);
			exchange.close();
		});
		server.start();
		try (HttpClient client = HttpClient.newHttpClient(); Worker worker = Worker.builder().mode(mode).build()) {
			List<Integer> seen = new ArrayList<>();
			URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
			worker.assign("caller", () -> {
				caller.set(Thread.currentThread());
				seen.add(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()).statusCode());
			});
			worker.finish();
			Process process = new ProcessBuilder("cat").start();
			worker.assign("waits", () -> {
				seen.add(process.waitFor());
			});
			Thread ends = Thread.startVirtualThread(() -> {
				Until.waiting(stepper);
				process.destroy();
			});
			worker.finish();
			ends.join();
			assertThat(seen).hasSize(2).startsWith(204);
		}
		finally {
			server.stop(0);
		}
	}

	@DisplayName("C11 U01 while a routine waits for the network, the time passes as in reality: no limit and no sleep is over early")
	@ParameterizedTest
	@EnumSource
	void timeDoesNotJump(Worker.Mode mode) throws Exception {
		try (Server server = new Server(); Worker worker = Worker.builder().mode(mode).build()) {
			CompletableFuture<Void> answered = CompletableFuture
				.runAsync(() -> server.answer(WorkerNetworkTests::pauseInReality));
			List<String> order = new CopyOnWriteArrayList<>();
			long begin = System.nanoTime();
			GreenThread<Integer> reader = worker.assign("reader", () -> {
				int answer = server.ask();
				order.add("answer");
				return answer;
			});
			worker.assign("sleeper", () -> {
				worker.sleep(Duration.ofHours(1));
				order.add("an hour later");
			});
			worker.assign("caller", () -> {
				order.add(reader.join(Duration.ofMinutes(1)) ? "in time" : "late");
				assertThat(Duration.ofMillis(worker.clock().millis()))
					.isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - begin));
			});
			worker.finish();
			assertThat(order).containsExactly("answer", "in time", "an hour later");
			answered.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	@DisplayName("C11 in the moment in which the network answers, the time does not jump, and a step does not end the work")
	void answersAtOnce() throws Exception {
		int rounds = 20_000;
		try (Server server = new Server(); Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> server.echo(rounds));
			GreenThread<Void> reader = worker.assign("reader", () -> server.ask(rounds));
			worker.assign("caller", () -> assertThat(reader.join(Duration.ofMinutes(1))).isTrue());
			while (!reader.isDone()) {
				assertThat(worker.tick()).isTrue();
			}
			worker.finish();
			answered.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	@DisplayName("C11 when the network has answered, the time jumps again")
	void timeJumpsAfterwards() throws Exception {
		try (Server server = new Server(); Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			CompletableFuture<Void> answered = CompletableFuture
				.runAsync(() -> server.answer(WorkerNetworkTests::pauseInReality));
			worker.assign(() -> {
				server.ask();
				worker.sleep(Duration.ofDays(1));
			});
			worker.assign(() -> worker.sleep(Duration.ofMinutes(1)));
			long begin = System.nanoTime();
			worker.finish();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(RealWaits.LIMIT);
			assertThat(worker.clock().instant()).isAfter(Instant.EPOCH.plus(Duration.ofDays(1)));
			answered.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	@DisplayName("C11 a limit is kept although what it waits for is in the network: as long as in reality, and no longer")
	void limitInReality() throws Exception {
		try (Server server = new Server(); Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			CompletableFuture<Void> late = new CompletableFuture<Void>().orTimeout(30, TimeUnit.SECONDS);
			CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> server.answer(late::join));
			GreenThread<Integer> reader = worker.assign("reader", () -> server.ask());
			Duration limit = Duration.ofMillis(50);
			Instant begin = worker.clock().instant();
			long beginInReality = System.nanoTime();
			worker.assign("caller", () -> {
				assertThat(reader.join(limit)).isFalse();
				assertThat(Duration.between(begin, worker.clock().instant())).isEqualTo(limit);
				assertThat(Duration.ofNanos(System.nanoTime() - beginInReality)).isBetween(limit, RealWaits.LIMIT);
				late.complete(null);
			});
			worker.finish();
			assertThat(reader.value()).isEqualTo(42);
			answered.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	@DisplayName("C16 a routine that listens to the network for ever does not keep the time from passing")
	void listener() throws Exception {
		try (Server server = new Server(); Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			CompletableFuture<Void> end = new CompletableFuture<Void>().orTimeout(30, TimeUnit.SECONDS);
			CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> server.answer(end::join));
			GreenThread<Integer> listener = worker.assign("listener", () -> server.ask());
			assertThat(worker.workFor(Duration.ofDays(1))).isFalse();
			assertThat(worker.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(1)));
			assertThat(worker.<Boolean>wrap(() -> listener.join(Duration.ofDays(1)))).isFalse();
			end.complete(null);
			answered.get(30, TimeUnit.SECONDS);
		}
	}

	@DisplayName("C11 U01 while a routine is in a timed wait of the JDK, no limit is over early")
	@ParameterizedTest
	@EnumSource
	void timedWaits(JdkWait kind) {
		try (Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			GreenThread<Void> waits = worker.assign("waits", () -> kind.wait.run(50));
			GreenThread<Boolean> joins = worker.assign("joins", () -> waits.join(Duration.ofMinutes(1)));
			worker.finish();
			assertThat(joins.value()).isTrue();
		}
	}

	@DisplayName("C11 a routine that sleeps ends the timed wait of another for it, without waiting in reality")
	@Test
	void aSleepEndsATimedWait() {
		try (Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			CompletableFuture<String> future = new CompletableFuture<>();
			GreenThread<String> waits = worker.assign("waits", () -> future.get(4, TimeUnit.SECONDS));
			worker.assign("sleeps", () -> {
				worker.sleep(Duration.ofHours(1));
				future.complete("an hour later");
			});
			worker.finish();
			assertThat(waits.value()).isEqualTo("an hour later");
		}
	}

	@DisplayName("C18 a server of Greenroom's that waits for clients does not keep the time from passing")
	@ParameterizedTest
	@EnumSource
	void server(Worker.Mode mode) throws Exception {
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenServer server = GreenServer.listen(worker.scheduler(), worker.scheduler().pool("clients", 1),
					new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), (client) -> {
					});
			worker.workFor(Duration.ofDays(1));
			assertThat(worker.<Boolean>wrap(() -> new GreenEvent().await(Duration.ofDays(1)))).isFalse();
			assertThat(worker.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(2)));
			worker.wrap(() -> server.close());
		}
	}

	@DisplayName("C11 a sleep of the JDK, and a wait for a connection, are not overtaken by a limit")
	@ParameterizedTest
	@EnumSource
	void byItself(Worker.Mode mode) throws Exception {
		try (Worker worker = Worker.builder().mode(mode).build(); HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl("jdbc:h2:mem:worker-" + mode);
			pool.setMaximumPoolSize(1);
			Connection only = pool.getConnection();
			AtomicReference<Thread> borrower = new AtomicReference<>();
			CompletableFuture<Void> returned = CompletableFuture.runAsync(() -> {
				Until.until("the routine to begin", () -> borrower.get() != null);
				Until.waiting(borrower.get());
				pauseInReality();
				close(only);
			});
			GreenThread<Void> sleeper = worker.assign("sleeper", () -> Thread.sleep(20));
			worker.assign("limited", () -> assertThat(sleeper.join(Duration.ofMinutes(1))).isTrue());
			worker.finish();
			GreenThread<Boolean> borrowed = worker.assign("borrower", () -> {
				borrower.set(Thread.currentThread());
				try (Connection connection = pool.getConnection()) {
					return connection.isValid(1);
				}
			});
			worker.assign("limited", () -> assertThat(borrowed.join(Duration.ofMinutes(1))).isTrue());
			worker.finish();
			returned.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	@DisplayName("U01 the network of other virtual threads works if the first to need it was a routine, in a JVM of its own")
	void networkOfOthers() throws Exception {
		assertThat(ForkedJvm.run(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"), FirstRead.class,
				(jar) -> true))
			.isEqualTo("42, 42, 42");
	}

	@Test
	@DisplayName("C13 a thread that a routine has started with the JDK goes on when the worker has been closed")
	void goesOn() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch begun = new CountDownLatch(1);
		AtomicReference<Thread> waits = new AtomicReference<>();
		AtomicReference<Thread> ready = new AtomicReference<>();
		try (Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			worker.assign(() -> {
				waits.set(Thread.startVirtualThread(() -> {
					begun.countDown();
					awaitUninterruptibly(gate);
				}));
			});
			worker.work();
			assertThat(begun.getCount()).isZero();
			worker.assign(() -> {
				ready.set(Thread.startVirtualThread(() -> {
				}));
			});
			worker.tick();
		}
		assertThat(ready.get().join(Duration.ofSeconds(30))).as("was in the line at the end").isTrue();
		gate.countDown();
		assertThat(waits.get().join(Duration.ofSeconds(30))).as("can go on after the end").isTrue();
	}

	/** Long enough for a time that jumps. */
	private static void pauseInReality() {
		LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
	}

	private static void close(Connection connection) {
		try {
			connection.close();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void awaitUninterruptibly(CountDownLatch gate) {
		try {
			gate.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Reads in a routine, and then in other virtual threads. */
	static final class FirstRead {

		private FirstRead() {
		}

		/** Prints what was read. */
		public static void main(String[] args) throws Exception {
			try (Server server = new Server()) {
				CompletableFuture<Void> answers = CompletableFuture.runAsync(() -> {
					for (int i = 0; i < 3; i++) {
						server.answer(() -> {
						});
					}
				});
				CompletableFuture<Integer> routine = new CompletableFuture<>();
				CompletableFuture<Integer> beside = new CompletableFuture<>();
				CompletableFuture<Integer> afterwards = new CompletableFuture<>();
				try (Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
					worker.assign(() -> routine.complete(server.ask()));
					worker.finish();
					Thread.startVirtualThread(() -> beside.complete(server.ask()));
					beside.get(30, TimeUnit.SECONDS);
				}
				Thread.startVirtualThread(() -> afterwards.complete(server.ask()));
				System.out.println(ForkedJvm.ANSWER + routine.get() + ", " + beside.get() + ", "
						+ afterwards.get(30, TimeUnit.SECONDS));
				answers.get();
			}
		}

	}

	/** How somebody waits up to a limit, in milliseconds. */
	enum JdkWait {

		LATCH((millis) -> new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)),

		PARK((millis) -> {
			long begin = System.nanoTime();
			for (long left = millis; left > 0; left = millis - (System.nanoTime() - begin) / 1_000_000) {
				LockSupport.parkNanos(left * 1_000_000);
			}
		}),

		MONITOR((millis) -> {
			Object monitor = new Object();
			synchronized (monitor) {
				monitor.wait(millis);
			}
		}),

		FUTURE((millis) -> assertThatThrownBy(() -> new CompletableFuture<>().get(millis, TimeUnit.MILLISECONDS))
			.isInstanceOf(TimeoutException.class)),

		QUEUE((millis) -> new LinkedBlockingQueue<>().poll(millis, TimeUnit.MILLISECONDS)),

		SLEEP(Thread::sleep);

		private final Wait wait;

		JdkWait(Wait wait) {
			this.wait = wait;
		}

		private interface Wait {

			void run(long millis) throws InterruptedException;

		}

	}

	/** Answers each that asks. */
	private static final class Server implements AutoCloseable {

		private final ServerSocket socket;

		Server() throws IOException {
			this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}

		/** Accepts one, and answers after what is given. */
		void answer(Runnable before) {
			try (Socket client = this.socket.accept()) {
				client.getInputStream().read();
				before.run();
				client.getOutputStream().write(42);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/** Accepts one, and answers each byte at once. */
		void echo(int bytes) {
			try (Socket client = this.socket.accept()) {
				client.setTcpNoDelay(true);
				for (int i = 0; i < bytes; i++) {
					client.getOutputStream().write(client.getInputStream().read());
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/** Sends bytes, one after the answer to the other. */
		void ask(int bytes) {
			try (Socket client = new Socket(this.socket.getInetAddress(), this.socket.getLocalPort())) {
				client.setTcpNoDelay(true);
				for (int i = 0; i < bytes; i++) {
					client.getOutputStream().write(1);
					assertThat(client.getInputStream().read()).isOne();
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		int ask() {
			try (Socket client = new Socket(this.socket.getInetAddress(), this.socket.getLocalPort())) {
				client.getOutputStream().write(1);
				return client.getInputStream().read();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
