package io.greenroom.web.internal;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.greenroom.web.PoolFilters;
import io.greenroom.web.RunInPool;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.stereotype.Controller;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.support.WebApplicationContextUtils;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.pool;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

/**
 * Every way in, in every mode, on every server, with every outcome: as without the
 * starter.
 */
@Timeout(120)
class WalkIT {

	private static final List<String> WAYS = List.of("/method", "/route", "/forward", "/page");

	private static final List<String> OUTCOMES = List.of("ok", "view", "fails", "handled", "sends-error", "commits",
			"writes-and-fails", "commits-and-fails", "callable", "callable-fails", "deferred", "future", "stream",
			"emitter");

	private static final List<String> UNSTEADY = List.of("/method/commits-and-fails", "/forward/commits-and-fails",
			"/page/commits-and-fails");

	/** The kinds that a route has no answer for, or a server none twice the same. */
	private static final List<String> NOT_FOR_ROUTES = List.of("commits", "writes-and-fails", "commits-and-fails",
			"stream", "emitter", "callable", "callable-fails", "sends-error");

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat", "tomcat http2", "jetty" })
	@DisplayName("H17 H20 H03 every way in with every outcome answers in each mode as without the starter")
	void sameAsWithout(String server) throws Exception {
		Map<String, String> off = walk(server + " inline", "greenroom.web.enabled=false");
		assertThat(off.get("/method/ok")).contains("200").endsWith("ok");
		assertThat(off.get("/page/ok")).contains("409").endsWith("ok");
		assertThat(off.get("/forward/view")).endsWith("a view");
		assertThat(off.get("/route/ok")).endsWith("ok");
		assertThat(off.getOrDefault("/method/commits-and-fails", "aborted")).isEqualTo("aborted");
		assertThat(walk(server + " inline")).isEqualTo(off);
		assertThat(walk(server + " hop")).isEqualTo(off);
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H02 H07 H20 on every way in a full pool rejects, and a client that leaves gives the slot back once")
	void fullAndGone(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=1",
				"greenroom.pools.one.queue-capacity=0")) {
			Gate gate = app.bean(Gate.class);
			SlotCounts counts = app.bean(SlotCounts.class);
			for (String way : List.of("/method", "/route", "/forward")) {
				int before = counts.back();
				// Who forwards takes a slot, and gives it back before the target takes
				// its own.
				int slots = way.equals("/forward") ? 4 : 2;
				CompletableFuture<HttpResponse<String>> busy = app.getAsync(way + "/gate");
				until(() -> gate.inside() == 1);
				for (String rejected : List.of("/method", "/route", "/forward")) {
					HttpResponse<String> answer = app.get(rejected + "/ok");
					assertThat(answer.statusCode()).as(rejected).isEqualTo(503);
					assertThat(answer.headers().firstValue("Retry-After")).as(rejected).isPresent();
				}
				gate.letOut(1);
				assertThat(busy.get(20, TimeUnit.SECONDS).statusCode()).as(way).isEqualTo(200);
				awaitAllBack(app);
				RawClient leaves = new RawClient(app.port()).get(way + "/gate");
				until(() -> gate.inside() == 1);
				leaves.reset();
				gate.letOut(1);
				until(() -> counts.back() == before + slots);
				awaitAllBack(app);
				assertThat(gate.inside()).isZero();
				assertThat(pool(app).active()).isZero();
			}
			assertThat(app.get("/method/ok").statusCode()).isEqualTo(200);
		}
	}

	private static Map<String, String> walk(String on, String... properties) throws Exception {
		Map<String, String> answers = new LinkedHashMap<>();
		try (RunningApp app = RunningApp.startOn(on, App.class,
				Stream.concat(Stream.of("greenroom.pools.one.size=4"), Stream.of(properties)).toArray(String[]::new))) {
			app.get("/method/ok");
			MockMvc mvc = MockMvcBuilders
				.webAppContextSetup(
						WebApplicationContextUtils.getRequiredWebApplicationContext(app.bean(ServletContext.class)))
				.build();
			for (String way : WAYS) {
				for (String outcome : OUTCOMES) {
					if (way.equals("/route") && NOT_FOR_ROUTES.contains(outcome)) {
						continue;
					}
					String path = way + "/" + outcome;
					answers.put(path, describe(app, path));
					if (!way.equals("/page")) {
						answers.put("mock " + path, describe(mvc, path));
					}
				}
			}
			if (on.contains("http2")) {
				// Whether the client sees the reset or an end differs from run to run.
				UNSTEADY.forEach(answers::remove);
			}
			if (properties.length == 0) {
				awaitAllBack(app);
			}
		}
		return answers;
	}

	private static String describe(RunningApp app, String path) throws Exception {
		HttpResponse<String> answer;
		try {
			answer = app.get(path, "Accept", "application/json, text/plain");
		}
		catch (IOException aborted) {
			return "aborted";
		}
		Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
		headers.keySet().removeIf((name) -> name.equalsIgnoreCase("date"));
		return answer.statusCode() + " " + headers + " "
				+ answer.body().replaceAll("\"timestamp\":\"[^\"]*\"", "").replaceAll("127.0.0.1:\\d+", "");
	}

	private static String describe(MockMvc mvc, String path) {
		try {
			MvcResult result = mvc.perform(MockMvcRequestBuilders.get(path)).andReturn();
			if (result.getRequest().isAsyncStarted()) {
				result.getAsyncResult(10_000);
				result = mvc.perform(MockMvcRequestBuilders.asyncDispatch(result)).andReturn();
			}
			MockHttpServletResponse response = result.getResponse();
			List<String> headers = new ArrayList<>();
			response.getHeaderNames()
				.stream()
				.sorted()
				.forEach((name) -> headers.add(name + response.getHeaders(name)));
			return response.getStatus() + " " + headers + " " + response.getForwardedUrl() + " "
					+ response.getContentAsString();
		}
		catch (Exception | AssertionError failure) {
			return "failed with " + rootOf(failure);
		}
	}

	private static String rootOf(Throwable failure) {
		Throwable root = failure;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			root = cause;
		}
		return String.valueOf(root.getMessage()).replaceAll("@[0-9a-f]+", "");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Outcomes.class)
	static class App {

		@Bean
		static SlotCounts slotCounts() {
			return new SlotCounts();
		}

		@Bean
		static Gate gate() {
			return new Gate();
		}

		@Bean
		View page() {
			return (_, _, response) -> response.getWriter().print("a view");
		}

		@Bean
		ErrorPageRegistrar pages() {
			return (registry) -> registry.addErrorPages(new ErrorPage(HttpStatus.CONFLICT, "/page-of-error"));
		}

		@Bean
		RouterFunction<ServerResponse> routes(ObjectProvider<PoolFilters> pools, Gate gate) {
			return route().filter((request, next) -> {
				PoolFilters filters = pools.getIfAvailable();
				return (filters != null) ? filters.in("one").filter(request, next) : next.handle(request);
			}).GET("/route/{outcome}", (request) -> switch (request.pathVariable("outcome")) {
				case "ok" -> ServerResponse.ok().body("ok");
				case "view" -> ServerResponse.ok().render("page");
				case "gate" -> {
					gate.pass();
					yield ServerResponse.ok().body("gate");
				}
				case "handled" -> throw new IllegalArgumentException("on purpose");
				case "deferred", "future" ->
					ServerResponse.async(CompletableFuture.completedFuture(ServerResponse.ok().body("later")));
				default -> throw new IOException("on purpose");
			}).build();
		}

	}

	@Controller
	@RunInPool("one")
	static class Outcomes {

		private final Gate gate;

		Outcomes(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/forward/{outcome}")
		String forward(@PathVariable String outcome) {
			return "forward:/method/" + outcome;
		}

		@GetMapping("/page/{outcome}")
		void broken(HttpServletResponse response) throws IOException {
			response.sendError(409);
		}

		@RequestMapping("/page-of-error")
		@Nullable Object ofError(HttpServletRequest request, HttpServletResponse response) throws Exception {
			String uri = String.valueOf(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI));
			return outcome(uri.substring(uri.lastIndexOf('/') + 1), response);
		}

		@GetMapping("/method/ok")
		@ResponseBody
		String ok() {
			return "ok";
		}

		@GetMapping("/method/gate")
		@ResponseBody
		String gate() throws InterruptedException {
			this.gate.pass();
			return "gate";
		}

		@GetMapping("/method/callable")
		@ResponseBody
		Callable<String> callable() {
			return () -> "later";
		}

		@GetMapping("/method/callable-fails")
		@ResponseBody
		Callable<String> callableFails() {
			return () -> {
				throw new IOException("on purpose");
			};
		}

		@GetMapping("/method/deferred")
		@ResponseBody
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			Thread.startVirtualThread(() -> result.setResult("later"));
			return result;
		}

		@GetMapping("/method/future")
		@ResponseBody
		CompletableFuture<String> future() {
			return CompletableFuture.supplyAsync(() -> "later");
		}

		@GetMapping("/method/{outcome}")
		@Nullable Object outcome(@PathVariable String outcome, HttpServletResponse response) throws Exception {
			switch (outcome) {
				case "view" -> {
					return "page";
				}
				case "ok" -> {
					return ResponseEntity.status(response.getStatus()).body("ok");
				}
				case "handled" -> throw new IllegalArgumentException("on purpose");
				case "sends-error" -> response.sendError(418);
				case "commits" -> {
					response.getOutputStream().print("part");
					response.flushBuffer();
					response.getOutputStream().print(" and rest");
				}
				case "writes-and-fails" -> {
					response.getOutputStream().print("part");
					throw new IOException("on purpose");
				}
				case "commits-and-fails" -> {
					response.getOutputStream().print("part");
					response.flushBuffer();
					throw new IOException("on purpose");
				}
				case "stream" -> {
					StreamingResponseBody body = (out) -> out.write("streamed".getBytes(StandardCharsets.UTF_8));
					return ResponseEntity.ok(body);
				}
				case "emitter" -> {
					SseEmitter emitter = new SseEmitter();
					emitter.send("event");
					emitter.complete();
					return emitter;
				}
				default -> throw new IOException("on purpose");
			}
			return null;
		}

		@ExceptionHandler
		ResponseEntity<String> bad(IllegalArgumentException ex) {
			return ResponseEntity.badRequest().body("bad");
		}

	}

}
