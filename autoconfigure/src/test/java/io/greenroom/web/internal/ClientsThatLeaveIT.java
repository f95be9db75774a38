package io.greenroom.web.internal;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.web.RunInPool;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static io.greenroom.web.internal.OneSlot.assertWhole;
import static io.greenroom.web.internal.OneSlot.start;
import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.pool;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/** Clients that leave the line or a running controller, and those only taken for gone. */
@Timeout(60)
class ClientsThatLeaveIT {

	private static final int ROUNDS = 5;

	@ParameterizedTest(name = "{displayName} [{0}]")
	@CsvSource({ "tomcat inline,true", "tomcat hop,true", "jetty inline,false", "jetty hop,false" })
	@DisplayName("H07 a client that leaves the line: where the server can tell its controller does not start, and no slot is lost")
	void leavesTheLine(String on, boolean canTell) throws Exception {
		try (RunningApp app = start(on, App.class)) {
			Gate gate = app.bean(Gate.class);
			AtomicInteger begun = app.bean(Endpoints.class).begun;
			for (int i = 0; i < ROUNDS; i++) {
				begun.set(0);
				CompletableFuture<HttpResponse<String>> busy = app.getAsync("/gate");
				until(() -> gate.inside() == 1);
				RawClient reset = new RawClient(app.port()).get("/ok");
				until(() -> pool(app).queued() == 1);
				RawClient closed = new RawClient(app.port()).post("/echo", "text/plain", 5).send("hello");
				until(() -> pool(app).queued() == 2);
				CompletableFuture<HttpResponse<String>> stays = app.getAsync("/ok");
				until(() -> pool(app).queued() == 3);
				reset.reset();
				closed.close();
				gate.letOut(1);
				assertThat(busy.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
				assertThat(stays.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
				awaitAllBack(app);
				// An unread body hides the end behind it: /echo runs in vain.
				assertThat(begun.get()).isEqualTo(canTell ? 2 : 3);
			}
			assertThat(app.bean(SlotCounts.class).back()).isEqualTo(4 * ROUNDS);
			assertWhole(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H07 a client that waits in line with a pipelined request behind it is not taken for gone")
	void pipelinesInLine(String on) throws Exception {
		try (RunningApp app = start(on, App.class)) {
			Gate gate = app.bean(Gate.class);
			CompletableFuture<HttpResponse<String>> busy = app.getAsync("/gate");
			until(() -> gate.inside() == 1);
			try (RawClient client = new RawClient(app.port()).get("/ok")) {
				until(() -> pool(app).queued() == 1);
				client.send("G");
				gate.letOut(1);
				assertThat(client.readLine()).startsWith("HTTP/1.1 200");
				client.send("ET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
				assertThat(client.readToEnd()).contains("\r\n\r\nok").endsWith("last");
			}
			assertThat(busy.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			assertWhole(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat http2 inline", "tomcat http2 hop" })
	@DisplayName("H07 over HTTP/2 the streams of one connection wait in line each for itself, and one that is reset loses no slot")
	void streamsInLine(String on) throws Exception {
		try (RunningApp app = start(on, App.class)) {
			Gate gate = app.bean(Gate.class);
			for (int i = 0; i < ROUNDS; i++) {
				CompletableFuture<HttpResponse<String>> busy = app.getAsync("/gate");
				until(() -> gate.inside() == 1);
				CompletableFuture<HttpResponse<String>> waits = app.getAsync("/ok");
				until(() -> pool(app).queued() == 1);
				CompletableFuture<HttpResponse<String>> leaves = app.getAsync("/ok");
				until(() -> pool(app).queued() == 2);
				CompletableFuture<HttpResponse<String>> last = app.getAsync("/ok");
				until(() -> pool(app).queued() == 3);
				leaves.cancel(true);
				gate.letOut(1);
				for (CompletableFuture<HttpResponse<String>> answered : List.of(busy, waits, last)) {
					HttpResponse<String> answer = answered.get(20, TimeUnit.SECONDS);
					assertThat(answer.statusCode()).isEqualTo(200);
					assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
				}
				awaitAllBack(app);
			}
			// After a hop Tomcat says that a stream was reset, and it leaves the line.
			assertThat(app.bean(SlotCounts.class).back()).isBetween(3 * ROUNDS, 4 * ROUNDS);
			assertWhole(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H07 a client that leaves while its controller runs is told at the next write, and the slot comes back once")
	void leavesWhileRunning(String on) throws Exception {
		try (RunningApp app = start(on, App.class)) {
			Gate gate = app.bean(Gate.class);
			for (int i = 0; i < ROUNDS; i++) {
				RawClient client = new RawClient(app.port()).get("/gate-then-writes");
				until(() -> gate.inside() == 1);
				client.reset();
				gate.letOut(1);
				int rounds = i + 1;
				until(() -> app.bean(SlotCounts.class).back() == rounds);
				until(() -> app.bean(Endpoints.class).failedWrites.get() == rounds);
			}
			assertWhole(app);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class App {

		@Bean
		static Gate gate() {
			return new Gate();
		}

		@Bean
		static SlotCounts slotCounts() {
			return new SlotCounts();
		}

	}

	@RestController
	@RunInPool("one")
	static class Endpoints {

		private final Gate gate;

		private final AtomicInteger begun = new AtomicInteger();

		private final AtomicInteger failedWrites = new AtomicInteger();

		Endpoints(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/ok")
		String ok() {
			this.begun.incrementAndGet();
			return "ok";
		}

		@GetMapping("/gate")
		String gate() throws InterruptedException {
			this.gate.pass();
			return "gate";
		}

		@GetMapping("/last")
		String last() {
			return "last";
		}

		@GetMapping("/gate-then-writes")
		void gateThenWrites(HttpServletResponse response) throws Exception {
			this.gate.pass();
			byte[] much = new byte[64 * 1024];
			try {
				for (int i = 0; i < 1000; i++) {
					response.getOutputStream().write(much);
					response.flushBuffer();
				}
			}
			catch (IOException gone) {
				this.failedWrites.incrementAndGet();
				throw gone;
			}
		}

		@PostMapping("/echo")
		String echo(@RequestBody String body) {
			this.begun.incrementAndGet();
			return body;
		}

	}

}
