package io.greenroom.web.internal;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

import io.greenroom.green.GreenPool;
import io.greenroom.green.PoolFullException;
import io.greenroom.testkit.Until;
import io.greenroom.web.PoolRejectedException;
import io.greenroom.web.RunInPool;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class RunInPoolLimitIT {

	private static final String[] SMALL = { "greenroom.pools.reports.size=2",
			"greenroom.pools.reports.queue-capacity=3", "greenroom.pools.reports.queue-timeout=20s",
			"greenroom.pools.reports.retry-after=1500ms", "greenroom.pools.one.size=1",
			"greenroom.pools.one.queue-timeout=50ms" };

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H01 at most n controllers run and the rest wait in line, in order; others answer meanwhile")
	void atMostSizeRun(String mode) throws Exception {
		try (RunningApp app = start(mode)) {
			Gate gate = app.bean(Gate.class);
			GreenPool pool = pool(app, "reports");
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				answers.add(app.getAsync("/report/" + i));
				int accepted = i + 1;
				until(() -> pool.active() + pool.queued() == accepted);
			}
			until(() -> gate.inside() == 2);
			assertThat(pool.queued()).isEqualTo(3);
			assertThat(app.get("/other").body()).isEqualTo("other");
			List<String> begun = app.bean(Reports.class).begun;
			for (int i = 3; i <= 5; i++) {
				int next = i;
				gate.letOut(1);
				until(() -> begun.size() == next && gate.inside() == 2);
			}
			assertThat(begun.subList(2, 5)).containsExactly("2", "3", "4");
			gate.open();
			for (int i = 0; i < 5; i++) {
				assertThat(answers.get(i).get().body()).isEqualTo("report " + i);
			}
			assertThat(gate.most()).isEqualTo(2);
			until(() -> pool.active() == 0);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H01 a streaming answer holds no slot while it streams")
	void streamsHoldNoSlot(String mode) throws Exception {
		try (RunningApp app = start(mode)) {
			CompletableFuture<HttpResponse<String>> stream = app.getAsync("/stream");
			assertThat(app.bean(Gate.class).awaitAnybody()).isTrue();
			until(() -> pool(app, "one").active() == 0);
			app.bean(Gate.class).open();
			assertThat(stream.get().body()).isEqualTo("streamed");
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H02 a full queue is answered at once with 503, Retry-After and a problem")
	void fullQueueIs503(String mode) throws Exception {
		try (RunningApp app = start(mode)) {
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				answers.add(app.getAsync("/report/" + i));
			}
			GreenPool pool = pool(app, "reports");
			until(() -> pool.active() == 2 && pool.queued() == 3);
			for (String accept : List.of("application/json", "*/*", "image/png")) {
				HttpResponse<String> rejected = app.get("/report/6", "Accept", accept);
				assertThat(rejected.statusCode()).isEqualTo(503);
				assertThat(rejected.headers().firstValue("Retry-After")).hasValue("2");
				assertThat(rejected.headers().firstValue("Content-Type")).get()
					.isIn("application/problem+json", "application/json");
				assertThat(rejected.body()).contains("\"status\":503", "Try again in 2 s", "\"instance\":\"/report/6\"")
					.doesNotContain("running");
			}
			app.bean(Gate.class).open();
			for (CompletableFuture<HttpResponse<String>> answer : answers) {
				assertThat(answer.get().statusCode()).isEqualTo(200);
			}
			until(() -> pool.active() == 0);
			assertThat(app.get("/report/7").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H02 waited longer than the limit: 503, an @ExceptionHandler can answer, the pool is whole")
	void waitedTooLongIs503(String mode) throws Exception {
		try (RunningApp app = start(mode)) {
			CompletableFuture<HttpResponse<String>> first = app.getAsync("/one");
			until(() -> app.bean(Gate.class).inside() == 1);
			HttpResponse<String> rejected = app.get("/one");
			assertThat(rejected.statusCode()).isEqualTo(503);
			assertThat(rejected.headers().firstValue("Retry-After")).hasValue("1");
			assertThat(app.get("/handled").body()).isEqualTo("handled: TIMEOUT");
			app.bean(Gate.class).open();
			assertThat(first.get().statusCode()).isEqualTo(200);
			until(() -> pool(app, "one").active() == 0 && pool(app, "one").queued() == 0);
			assertThat(app.get("/one").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H02 the error page answers while the pool is full")
	void errorPageNeedsNoSlot(String mode) throws Exception {
		try (RunningApp app = start(mode, "greenroom.pools.default.size=1",
				"greenroom.pools.default.queue-capacity=0")) {
			CompletableFuture<HttpResponse<String>> busy = app.getAsync("/default");
			until(() -> app.bean(Gate.class).inside() == 1);
			assertThat(app.get("/nowhere").statusCode()).isEqualTo(404);
			assertThat(app.get("/other").statusCode()).isEqualTo(503);
			app.bean(Gate.class).open();
			assertThat(busy.get().statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H01 a controller that forwards from inside takes one slot, not two")
	void forwardTakesNoSecondSlot(String mode) throws Exception {
		try (RunningApp app = start(mode)) {
			app.bean(Gate.class).open();
			HttpResponse<String> answer = app.get("/forwards");
			assertThat(answer.body()).isEqualTo("one");
			until(() -> pool(app, "one").active() == 0);
		}
	}

	private static RunningApp start(String mode, String... more) {
		List<String> properties = new ArrayList<>(List.of(SMALL));
		properties.add("greenroom.web.mode=" + mode);
		properties.add("greenroom.web.server-threads=" + (mode.equals("inline") ? "virtual" : "platform"));
		properties.addAll(List.of(more));
		return RunningApp.start(App.class, properties.toArray(String[]::new));
	}

	private static GreenPool pool(RunningApp app, String name) {
		return Objects.requireNonNull(app.bean(ControllerPools.class).find(name)).pool();
	}

	private static void until(BooleanSupplier condition) {
		Until.until("the condition", condition);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Reports.class, Handled.class, CatchAll.class })
	static class App {

		@Bean
		Gate gate() {
			return new Gate();
		}

	}

	@RestController
	static class Reports {

		private final Gate gate;

		private final List<String> begun = new CopyOnWriteArrayList<>();

		Reports(Gate gate) {
			this.gate = gate;
		}

		@RunInPool("reports")
		@GetMapping("/report/{number}")
		String report(@PathVariable String number) throws InterruptedException {
			this.begun.add(number);
			this.gate.pass();
			return "report " + number;
		}

		@GetMapping("/other")
		String other() {
			return "other";
		}

		@GetMapping("/default")
		String inDefault() throws InterruptedException {
			this.gate.pass();
			return "default";
		}

		@RunInPool("one")
		@GetMapping("/one")
		String one() throws InterruptedException {
			this.gate.pass();
			return "one";
		}

		@RunInPool("one")
		@GetMapping("/forwards")
		void forwards(HttpServletRequest request, HttpServletResponse response) throws Exception {
			request.getRequestDispatcher("/one").forward(request, response);
		}

		@RunInPool("one")
		@GetMapping("/stream")
		StreamingResponseBody stream() {
			return (out) -> {
				try {
					this.gate.pass();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				out.write("streamed".getBytes(StandardCharsets.UTF_8));
			};
		}

	}

	@RestController
	@RunInPool("one")
	static class Handled {

		@GetMapping("/handled")
		String handled() {
			return "never while full";
		}

		@ExceptionHandler
		ResponseEntity<String> rejected(PoolRejectedException rejection) {
			PoolFullException full = (PoolFullException) Objects.requireNonNull(rejection.getCause());
			return ResponseEntity.ok("handled: " + full.reason());
		}

	}

	/** As many applications have one; a rejection is not for it. */
	@RestControllerAdvice
	static class CatchAll {

		@ExceptionHandler
		ResponseEntity<String> failed(Exception failure) {
			return ResponseEntity
				.status((failure instanceof ErrorResponse known) ? known.getStatusCode()
						: HttpStatus.INTERNAL_SERVER_ERROR)
				.body("caught");
		}

	}

}
