package io.greenroom.web.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.web.BodyTimeoutException;
import io.greenroom.web.RunInPool;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static io.greenroom.web.internal.OneSlot.assertWhole;
import static io.greenroom.web.internal.OneSlot.start;
import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.pool;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/** Requests whose bodies are slow to come. */
@Timeout(60)
class SlowBodiesIT {

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H13 a body that trickles in holds its slot for body-timeout at most, then gets 408; the slot comes back once")
	void bodiesThatTrickle(String on) throws Exception {
		try (RunningApp app = start(on, App.class, "greenroom.pools.one.body-timeout=300ms");
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
		try (RunningApp app = start(on, App.class, "greenroom.pools.one.body-timeout=200ms")) {
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
		try (RunningApp app = start(on, App.class, "greenroom.pools.one.body-timeout=1s");
				RawClient client = new RawClient(app.port())) {
			Gate gate = app.bean(Gate.class);
			client.post("/gate-echo", "text/plain", 5).send("hello");
			until(() -> gate.inside() == 1);
			Thread.sleep(Duration.ofMillis(1200)); // what is tested is that time passes
			assertThat(pool(app).active()).isEqualTo(1);
			gate.letOut(1);
			assertThat(client.readLine()).startsWith("HTTP/1.1 200");
		}
		try (RunningApp app = start(on, App.class, "greenroom.pools.one.body-timeout=0");
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
		static Gate gate() {
			return new Gate();
		}

		@Bean
		static SlotCounts slotCounts() {
			return new SlotCounts();
		}

		/** Takes any body that can't be read for none. */
		@Bean
		static WebMvcConfigurer lenient() {
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

	}

}
