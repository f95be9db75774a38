package io.greenroom.web.internal;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.GreenPool;
import io.greenroom.web.RunInPool;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static io.greenroom.web.internal.SlotCounts.pool;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/** A server that shuts down while controllers run and requests wait in line. */
@Timeout(60)
class ShutdownIT {

	/**
	 * A client's limit in a storm. Jetty, with or without Greenroom, leaves a connection
	 * that it accepted while it stopped open and unread (about one of fifty clients),
	 * until the process ends.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static RunningApp start(String serverAndMode, String grace, String shutdown) {
		return RunningApp.startOn(serverAndMode, App.class, "greenroom.pools.one.size=2",
				"greenroom.pools.one.queue-capacity=10", "greenroom.pools.one.queue-timeout=30s",
				"server.shutdown=" + shutdown, "spring.lifecycle.timeout-per-shutdown-phase=" + grace);
	}

	/** Two at work, and three in line. */
	private static List<CompletableFuture<HttpResponse<String>>> fill(RunningApp app) {
		List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
		GreenPool pool = pool(app);
		for (int i = 0; i < 5; i++) {
			answers.add(app.getAsync("/gate"));
			int accepted = i + 1;
			until(() -> pool.active() + pool.queued() == accepted);
		}
		until(() -> app.bean(Gate.class).inside() == 2);
		return answers;
	}

	private static int status(CompletableFuture<HttpResponse<String>> answer) throws Exception {
		return answer.get(20, TimeUnit.SECONDS).statusCode();
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H05 H07 a graceful shutdown lets the running finish and the waiting run; every slot comes back once")
	void everybodyRuns(String on) throws Exception {
		try (RunningApp app = start(on, "20s", "graceful")) {
			SlotCounts counts = app.bean(SlotCounts.class);
			Gate gate = app.bean(Gate.class);
			List<CompletableFuture<HttpResponse<String>>> answers = fill(app);
			CompletableFuture<Void> closed = CompletableFuture.runAsync(app::shutDown, Thread::startVirtualThread);
			gate.letOut(5);
			for (CompletableFuture<HttpResponse<String>> answer : answers) {
				assertThat(status(answer)).isEqualTo(200);
			}
			closed.get(15, TimeUnit.SECONDS);
			assertThat(counts.given()).isEqualTo(5);
			assertThat(counts.back()).isEqualTo(5);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H05 H07 who can't run within the grace period gets 503 in it, while the running go on")
	void whoCannotRunIsRejected(String on) throws Exception {
		try (RunningApp app = start(on, "4s", "graceful")) {
			SlotCounts counts = app.bean(SlotCounts.class);
			Gate gate = app.bean(Gate.class);
			List<CompletableFuture<HttpResponse<String>>> answers = fill(app);
			long start = System.nanoTime();
			CompletableFuture<Void> closed = CompletableFuture.runAsync(app::shutDown, Thread::startVirtualThread);
			for (CompletableFuture<HttpResponse<String>> waiting : answers.subList(2, 5)) {
				assertThat(status(waiting)).isEqualTo(503);
			}
			gate.letOut(2);
			for (CompletableFuture<HttpResponse<String>> running : answers.subList(0, 2)) {
				assertThat(status(running)).isEqualTo(200);
			}
			closed.get(20, TimeUnit.SECONDS);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(2),
					Duration.ofSeconds(20));
			assertThat(counts.given()).isEqualTo(2);
			assertThat(counts.back()).isEqualTo(2);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline" })
	@DisplayName("H18 what the server answers after the shutdown has begun is never a rejection by a pool that was idle")
	void storm(String on) throws Exception {
		for (int round = 0; round < 3; round++) {
			try (RunningApp app = start(on, "20s", "graceful")) {
				Gate gate = app.bean(Gate.class);
				gate.open();
				SlotCounts counts = app.bean(SlotCounts.class);
				GreenPool pool = pool(app);
				Set<String> odd = ConcurrentHashMap.newKeySet();
				CountDownLatch begun = new CountDownLatch(50);
				List<Thread> clients = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					clients.add(Thread.ofVirtual().start(() -> {
						try {
							while (true) {
								HttpResponse<String> answer = app.getWithin(PATIENCE, "/gate");
								if (answer.statusCode() != 200
										&& !(on.startsWith("tomcat") && isOfPausedTomcat(answer))) {
									odd.add(answer + " " + answer.headers().map() + " " + answer.body());
								}
								begun.countDown();
							}
						}
						catch (Exception closed) {
							// The server has gone.
						}
					}));
				}
				assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
				app.shutDown();
				assertThat(pool.active() + pool.queued()).isZero();
				for (Thread client : clients) {
					assertThat(client.join(Duration.ofSeconds(20))).isTrue();
				}
				assertThat(counts.back()).isEqualTo(counts.given()).isGreaterThanOrEqualTo(50);
				assertThat(counts.rejected()).isZero();
				assertThat(odd).isEmpty();
			}
		}
	}

	/** The answer of the test below: Tomcat's own page, which closes the connection. */
	private static boolean isOfPausedTomcat(HttpResponse<String> answer) {
		return answer.statusCode() == 400 && answer.headers().allValues("connection").equals(List.of("close"))
				&& answer.body().contains("HTTP Status 400");
	}

	/**
	 * Tomcat answers a request with 400 if it is paused between the request's line and
	 * its headers: it leaves the headers unread, and then misses the header Host.
	 */
	@Test
	@DisplayName("H18 Tomcat alone, without Boot and Greenroom, answers 400 to a request whose line it reads as it is paused")
	void pausedTomcat(@TempDir Path directory) throws Exception {
		AtomicInteger asked = new AtomicInteger();
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(directory.toString());
		Connector connector = new Connector(new Http11NioProtocol() {

			@Override
			public boolean isPaused() {
				// First before it reads the line, and again after.
				return asked.incrementAndGet() == 2;
			}

		});
		connector.setPort(0);
		connector.setProperty("address", "127.0.0.1");
		tomcat.setConnector(connector);
		tomcat.addContext("", null);
		tomcat.start();
		try (HttpClient client = HttpClient.newHttpClient()) {
			URI uri = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/gate");
			HttpResponse<String> answer = client.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
					HttpResponse.BodyHandlers.ofString());
			assertThat(answer).matches(ShutdownIT::isOfPausedTomcat);
		}
		finally {
			tomcat.stop();
			tomcat.destroy();
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H07 an immediate shutdown waits for nobody in line, and every slot comes back once")
	void immediately(String on) throws Exception {
		try (RunningApp app = start(on, "10s", "immediate")) {
			SlotCounts counts = app.bean(SlotCounts.class);
			Gate gate = app.bean(Gate.class);
			fill(app);
			CompletableFuture<Void> closed = CompletableFuture.runAsync(app::shutDown, Thread::startVirtualThread);
			GreenPool pool = pool(app);
			until(() -> pool.queued() == 0);
			gate.open();
			closed.get(20, TimeUnit.SECONDS);
			until(() -> counts.back() >= 2 && counts.back() == counts.given());
			assertThat(counts.given()).isEqualTo(2);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoint.class)
	static class App {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		SlotCounts slotCounts() {
			return new SlotCounts();
		}

	}

	@RestController
	@RunInPool("one")
	static class Endpoint {

		private final Gate gate;

		Endpoint(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/gate")
		String gate() throws InterruptedException {
			this.gate.pass();
			return "gate";
		}

	}

}
