package io.greenroom.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.GreenPool;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static io.greenroom.web.SlotCounts.awaitAllBack;
import static io.greenroom.web.SlotCounts.pool;
import static io.greenroom.web.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/** However a request ends: its slot comes back, and comes back once. */
@Timeout(60)
class SlotReturnIT {

	private static final int ROUNDS = 5;

	private static RunningApp start(String serverAndMode, String... more) {
		List<String> properties = new ArrayList<>(
				List.of("greenroom.pools.one.size=1", "greenroom.pools.one.queue-capacity=3"));
		properties.addAll(List.of(more));
		if (properties.stream().noneMatch((property) -> property.contains("queue-timeout"))) {
			properties.add("greenroom.pools.one.queue-timeout=20s");
		}
		return RunningApp.startOn(serverAndMode, App.class, properties.toArray(String[]::new));
	}

	/** Exactly one slot is there: not none, and not two. */
	private static void assertWhole(RunningApp app) throws Exception {
		awaitAllBack(app);
		GreenPool pool = pool(app);
		Gate gate = app.bean(Gate.class);
		CompletableFuture<HttpResponse<String>> first = app.getAsync("/gate");
		until(() -> gate.inside() == 1);
		CompletableFuture<HttpResponse<String>> second = app.getAsync("/gate");
		until(() -> pool.queued() == 1);
		assertThat(gate.inside()).isEqualTo(1);
		gate.letOut(2);
		assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
		assertThat(second.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
		awaitAllBack(app);
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H07 success and every kind of error before and after the commit give the slot back once")
	void answersAndErrors(String on) throws Exception {
		try (RunningApp app = start(on)) {
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
		try (RunningApp app = start(on, "greenroom.pools.one.queue-timeout=30ms",
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
	@CsvSource({ "tomcat inline,true", "tomcat hop,true", "jetty inline,false", "jetty hop,false" })
	@DisplayName("H07 a client that leaves the line: where the server can tell its controller does not start, and no slot is lost")
	void leavesTheLine(String on, boolean canTell) throws Exception {
		try (RunningApp app = start(on)) {
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
		try (RunningApp app = start(on)) {
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
		try (RunningApp app = start(on)) {
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
		try (RunningApp app = start(on)) {
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

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H06 an error before the commit is handled as ever, one after it aborts the connection")
	void errorsAroundTheCommit(String on) throws Exception {
		try (RunningApp app = start(on)) {
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

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H13 a body that trickles in holds its slot for body-timeout at most, then gets 408; the slot comes back once")
	void bodiesThatTrickle(String on) throws Exception {
		try (RunningApp app = start(on, "greenroom.pools.one.body-timeout=300ms");
				ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
			for (String path : List.of("/echo", "/stream", "/reader", "/swallows")) {
				int before = app.bean(SlotCounts.class).given();
				app.bean(Endpoints.class).begun.set(0);
				try (RawClient client = new RawClient(app.port()).post(path, "text/plain", 10_000)) {
					until(() -> app.bean(SlotCounts.class).given() == before + 1);
					long start = System.nanoTime();
					clock.scheduleWithFixedDelay(() -> trickle(client), 0, 20, TimeUnit.MILLISECONDS);
					assertThat(app.get("/ok").statusCode()).isEqualTo(200);
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(250),
							Duration.ofSeconds(20));
					assertThat(client.readLine()).as(path).startsWith("HTTP/1.1 408");
				}
				awaitAllBack(app);
				assertThat(app.bean(SlotCounts.class).back()).isEqualTo(before + 2);
			}
			assertWhole(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H13 a body that stops coming, or a form, loses the slot in time; its controller does not run without one")
	void bodiesThatStop(String on) throws Exception {
		try (RunningApp app = start(on, "greenroom.pools.one.body-timeout=200ms")) {
			for (String path : List.of("/echo", "/form", "/lenient")) {
				int before = app.bean(SlotCounts.class).given();
				app.bean(Endpoints.class).begun.set(0);
				String type = path.equals("/form") ? "application/x-www-form-urlencoded" : "text/plain";
				try (RawClient client = new RawClient(app.port()).post(path, type, 10).send("name=")) {
					until(() -> app.bean(SlotCounts.class).back() == before + 1);
					assertThat(app.get("/ok").statusCode()).isEqualTo(200);
					client.send("Hello");
					assertThat(client.readLine()).as(path).startsWith("HTTP/1.1 408");
				}
				assertThat(app.bean(Endpoints.class).begun.get()).as("only /ok").isEqualTo(1);
			}
			assertWhole(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H13 A04 a slow controller is not a slow body, and body-timeout=0 waits for any body")
	void slowWorkIsNoSlowBody(String on) throws Exception {
		try (RunningApp app = start(on, "greenroom.pools.one.body-timeout=1s");
				RawClient client = new RawClient(app.port())) {
			Gate gate = app.bean(Gate.class);
			client.post("/gate-echo", "text/plain", 5).send("hello");
			until(() -> gate.inside() == 1);
			Thread.sleep(Duration.ofMillis(1200)); // what is tested is that time passes
			assertThat(pool(app).active()).isEqualTo(1);
			gate.letOut(1);
			assertThat(client.readLine()).startsWith("HTTP/1.1 200");
		}
		try (RunningApp app = start(on, "greenroom.pools.one.body-timeout=0");
				RawClient client = new RawClient(app.port())) {
			client.post("/echo", "text/plain", 2).send("h");
			until(() -> pool(app).active() == 1);
			Thread.sleep(Duration.ofMillis(250)); // what is tested is that time passes
			assertThat(pool(app).active()).isEqualTo(1);
			assertThat(client.send("i").readLine()).startsWith("HTTP/1.1 200");
		}
	}

	private static void trickle(RawClient client) {
		try {
			client.send("x");
		}
		catch (IOException closed) {
			throw new UncheckedIOException(closed);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class App {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		SlotCounts slotCounts() {
			return new SlotCounts();
		}

		/** Takes any body that can't be read for none. */
		@Bean
		WebMvcConfigurer lenient() {
			return new WebMvcConfigurer() {

				@Override
				public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
					resolvers.add(new LenientResolver());
				}

			};
		}

	}

	record Lenient(String body) {

	}

	static class LenientResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.getParameterType() == Lenient.class;
		}

		@Override
		public Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer model,
				NativeWebRequest request, @Nullable WebDataBinderFactory binders) {
			try {
				HttpServletRequest asked = request.getNativeRequest(HttpServletRequest.class);
				return new Lenient(new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
			}
			catch (IOException | RuntimeException unreadable) {
				return new Lenient("");
			}
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

		@GetMapping("/last")
		String last() {
			return "last";
		}

		@GetMapping("/gate")
		String gate() throws InterruptedException {
			this.gate.pass();
			return "gate";
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

		@PostMapping("/echo")
		String echo(@RequestBody String body) {
			this.begun.incrementAndGet();
			return body;
		}

		@PostMapping("/gate-echo")
		String gateEcho(@RequestBody String body) throws InterruptedException {
			this.gate.pass();
			return body;
		}

		@PostMapping("/form")
		String form(@RequestParam String name) {
			this.begun.incrementAndGet();
			return name;
		}

		@PostMapping("/lenient")
		String lenient(Lenient lenient) {
			this.begun.incrementAndGet();
			return lenient.body();
		}

		@PostMapping("/stream")
		String stream(InputStream body) throws IOException {
			return new String(body.readAllBytes(), StandardCharsets.UTF_8);
		}

		@PostMapping("/reader")
		String reader(HttpServletRequest request) throws IOException {
			return request.getReader().readLine();
		}

		/** Reads on after it was told that the time is over. */
		@PostMapping("/swallows")
		String swallows(InputStream body) throws IOException {
			try {
				return "" + body.readAllBytes().length;
			}
			catch (BodyTimeoutException late) {
				return "" + body.read();
			}
		}

		@ExceptionHandler
		ResponseEntity<String> bad(IllegalArgumentException ex) {
			return ResponseEntity.badRequest().body("bad");
		}

	}

}
