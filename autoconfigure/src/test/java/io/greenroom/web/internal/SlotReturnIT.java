package io.greenroom.web.internal;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.greenroom.web.RunInPool;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

import static io.greenroom.web.internal.OneSlot.assertWhole;
import static io.greenroom.web.internal.OneSlot.start;
import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/** However a request ends: its slot comes back, and comes back once. */
@Timeout(60)
class SlotReturnIT {

	private static final int ROUNDS = 5;

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H07 success and every kind of error before and after the commit give the slot back once")
	void answersAndErrors(String on) throws Exception {
		try (RunningApp app = start(on, App.class)) {
			for (int i = 0; i < ROUNDS; i++) {
				assertThat(app.get("/ok").statusCode()).isEqualTo(200);
				assertThat(app.get("/throws").statusCode()).isEqualTo(500);
				assertThat(app.get("/throws-error").statusCode()).isEqualTo(500);
				assertThat(app.get("/handled").statusCode()).isEqualTo(400);
				assertThat(app.get("/sends-error").statusCode()).isEqualTo(418);
				try (RawClient client = new RawClient(app.port())) {
					client.get("/commits-and-throws").readToEnd();
				}
			}
			awaitAllBack(app);
			assertThat(app.bean(SlotCounts.class).back()).isEqualTo(6 * ROUNDS);
			assertWhole(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H07 a timeout in line takes no slot along; one of an asynchronous result gives it back once")
	void timeouts(String on) throws Exception {
		try (RunningApp app = start(on, App.class, "greenroom.pools.one.queue-timeout=30ms",
				"spring.mvc.async.request-timeout=100ms")) {
			Gate gate = app.bean(Gate.class);
			CompletableFuture<HttpResponse<String>> busy = app.getAsync("/gate");
			until(() -> gate.inside() == 1);
			for (int i = 0; i < ROUNDS; i++) {
				assertThat(app.get("/ok").statusCode()).isEqualTo(503);
			}
			gate.letOut(1);
			assertThat(busy.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			awaitAllBack(app);
			assertThat(app.bean(SlotCounts.class).back()).isEqualTo(1);
			for (int i = 0; i < ROUNDS; i++) {
				assertThat(app.get("/never").statusCode()).isEqualTo(503);
			}
			awaitAllBack(app);
			assertThat(app.bean(SlotCounts.class).back()).isEqualTo(1 + ROUNDS);
			assertThat(app.get("/ok").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H06 an error before the commit is handled as ever, one after it aborts the connection")
	void errorsAroundTheCommit(String on) throws Exception {
		try (RunningApp app = start(on, App.class)) {
			HttpResponse<String> early = app.get("/throws", "Accept", "application/json");
			assertThat(early.statusCode()).isEqualTo(500);
			assertThat(early.body()).contains("\"status\":500", "\"path\":\"/throws\"");
			HttpResponse<String> uncommitted = app.get("/writes-and-throws", "Accept", "application/json");
			assertThat(uncommitted.statusCode()).isEqualTo(500);
			assertThat(uncommitted.body()).contains("\"status\":500").doesNotContain("part");
			for (String path : List.of("/commits-and-throws", "/commits-and-error")) {
				try (RawClient client = new RawClient(app.port())) {
					String answer = client.get(path).readToEnd();
					assertThat(answer).startsWith("HTTP/1.1 200").contains("part");
					assertThat(answer).as("the last chunk of a whole answer").doesNotContain("\r\n0\r\n");
				}
			}
			assertThat(app.get("/ok").statusCode()).isEqualTo(200);
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

		Endpoints(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/gate")
		String gate() throws InterruptedException {
			this.gate.pass();
			return "gate";
		}

		@GetMapping("/throws")
		String fails() throws Exception {
			throw new Exception("on purpose");
		}

		@GetMapping("/throws-error")
		String error() {
			throw new AssertionError("on purpose");
		}

		@GetMapping("/handled")
		String handled() {
			throw new IllegalArgumentException("on purpose");
		}

		@GetMapping("/sends-error")
		void sendsError(HttpServletResponse response) throws IOException {
			response.sendError(418);
		}

		@GetMapping("/writes-and-throws")
		void writesAndThrows(HttpServletResponse response) throws Exception {
			response.getOutputStream().print("part");
			throw new Exception("on purpose");
		}

		@GetMapping("/commits-and-throws")
		void commitsAndThrows(HttpServletResponse response) throws Exception {
			response.getOutputStream().print("part");
			response.flushBuffer();
			throw new Exception("on purpose");
		}

		@GetMapping("/commits-and-error")
		void commitsAndError(HttpServletResponse response) throws Exception {
			response.getOutputStream().print("part");
			response.flushBuffer();
			throw new AssertionError("on purpose");
		}

		@GetMapping("/never")
		DeferredResult<String> never() {
			return new DeferredResult<>();
		}

		@ExceptionHandler
		ResponseEntity<String> bad(IllegalArgumentException ex) {
			return ResponseEntity.badRequest().body("bad");
		}

	}

}
