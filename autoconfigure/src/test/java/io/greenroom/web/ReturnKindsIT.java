package io.greenroom.web;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.core.Ordered;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttribute;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.view.AbstractView;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import static org.assertj.core.api.Assertions.assertThat;

/** The same requests with the web part off, inline and with a hop: the same answers. */
@Timeout(60)
class ReturnKindsIT {

	private static final List<String> PATHS = List.of("/body", "/json", "/entity", "/created", "/void", "/void-written",
			"/view", "/model-view", "/callable", "/callable-view", "/callable-status", "/task", "/deferred", "/future",
			"/done-future", "/failed-future", "/entity-future", "/sse", "/stream", "/entity-stream",
			"/handled-exception", "/advised-exception", "/status-exception", "/unhandled", "/error-thrown",
			"/callable-fails", "/null", "/empty-entity", "/not-modified", "/redirect", "/mdc", "/locale",
			"/request-scope", "/holder", "/missing-param", "/forward-view", "/reason", "/sends-error",
			"/sends-redirect", "/headers", "/emitter", "/mono", "/flux", "/empty-mono", "/failed-mono", "/problem",
			"/error-response", "/bytes", "/resource", "/options", "/no-such-page", "/principal", "/session",
			"/session-again", "/cookie", "/model-attribute-callable", "/raw-async", "/raw-async-completed",
			"/raw-async-dispatch", "/download", "/commits", "/long-body", "/http-headers", "/head-only", "/map");

	@ParameterizedTest(name = "{displayName} [{0}, watched: {1}]")
	@CsvSource({ "tomcat,true", "tomcat,false", "tomcat http2,true", "tomcat http2,false", "jetty,true",
			"jetty,false" })
	@DisplayName("H03 every return type and parameter answers as without the pool, inline and with a hop, whether or not an interceptor or filter wants to see it come back: status, headers, body")
	void answersAreTheSame(String server, boolean watched) throws Exception {
		Map<String, String> off = answers(server + " inline", "watched=" + watched, "greenroom.web.enabled=false");
		Map<String, String> inline = answers(server + " inline", "watched=" + watched);
		Map<String, String> hop = answers(server + " hop", "watched=" + watched);
		assertThat(off.get("/body")).startsWith("200 ").contains("text/plain;charset=").endsWith(" body");
		assertThat(off.get("/raw-async")).startsWith("200 ").endsWith(" raw");
		assertThat(off.get("/raw-async-dispatch")).startsWith("200 ").endsWith(" body");
		assertThat(off.get("/flux")).contains("one", "two");
		assertThat(off.get("invalid")).startsWith("400 ");
		assertThat(off.get("/principal")).endsWith(" Ada true");
		assertThat(off.get("observed")).contains("/body 200", "/form 400", "/callable 200");
		assertThat(off.get("/mdc")).contains("from the filter");
		assertThat(off.get("/callable-view")).contains("hello callable to all");
		assertThat(off.get("flash")).contains("kept");
		assertThat(differences(off, inline)).isEmpty();
		// As with a Callable: a request that is asynchronous can't be made so once more.
		assertThat(hop.keySet().removeIf((path) -> path.startsWith("/raw-async"))).isTrue();
		assertThat(off.keySet().removeIf((path) -> path.startsWith("/raw-async"))).isTrue();
		assertThat(differences(off, hop)).isEmpty();
	}

	private static List<String> differences(Map<String, String> expected, Map<String, String> found) {
		assertThat(found.keySet()).isEqualTo(expected.keySet());
		return expected.keySet()
			.stream()
			.filter((what) -> !Objects.equals(expected.get(what), found.get(what)))
			.map((what) -> "%n%s%n  off: %s%n  on:  %s".formatted(what, expected.get(what), found.get(what)))
			.toList();
	}

	@Test
	@DisplayName("H03 with a hop a controller runs on a green thread, and is invoked once")
	void hopsToAGreenThreadOnce() throws Exception {
		try (RunningApp app = RunningApp.startOn("tomcat hop", App.class)) {
			for (String path : PATHS) {
				app.get(path);
			}
			assertThat(app.bean(Zoo.class).threads).hasSize(1).allMatch(Thread::isVirtual);
		}
	}

	@Test
	@DisplayName("H09 H17 nothing hops that is not told to, on threads of either kind: filter and controller share the thread")
	void noHopOnVirtualThreads() throws Exception {
		try (RunningApp app = RunningApp.start(App.class)) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true true");
		}
		try (RunningApp app = RunningApp.start(App.class, "greenroom.web.server-threads=platform")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true false");
		}
		try (RunningApp app = RunningApp.start(App.class, "greenroom.web.server-threads=platform",
				"greenroom.web.mode=inline")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true false");
		}
		try (RunningApp app = RunningApp.start(App.class, "greenroom.web.mode=hop")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("false true");
		}
		try (RunningApp app = RunningApp.start(App.class, "spring.threads.virtual.enabled=false")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true false");
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat", "jetty" })
	@DisplayName("H03 interceptors see with a hop what they see of a Callable: preHandle twice, the rest once")
	void interceptorsSeeACallable(String server) throws Exception {
		try (RunningApp app = RunningApp.startOn(server + " inline", App.class)) {
			app.get("/body");
			until(() -> app.bean(Steps.class).of("/body").endsWith("after"));
			assertThat(app.bean(Steps.class).of("/body")).isEqualTo("pre post after");
		}
		try (RunningApp app = RunningApp.startOn(server + " hop", App.class)) {
			app.get("/body");
			until(() -> app.bean(Steps.class).of("/body").endsWith("after"));
			assertThat(app.bean(Steps.class).of("/body")).isEqualTo("pre concurrent pre post after");
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H03 @ModelAttribute methods run as often as without the pool")
	void modelAttributesRunAsOften(String mode) throws Exception {
		Map<String, Integer> counts = new LinkedHashMap<>();
		for (String enabled : List.of("false", "true")) {
			try (RunningApp app = RunningApp.startOn("tomcat " + mode, App.class, "greenroom.web.enabled=" + enabled)) {
				app.get("/model-attribute-callable");
				counts.put(enabled, app.bean(Pages.class).commons.get());
			}
		}
		assertThat(counts.get("true")).isEqualTo(counts.get("false"));
	}

	private static Map<String, String> answers(String on, String... properties) throws Exception {
		Map<String, String> answers = new LinkedHashMap<>();
		try (RunningApp app = RunningApp.startOn(on, App.class, properties)) {
			assertThat(app.get("/body").version())
				.isEqualTo(on.contains("http2") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
			for (String path : PATHS) {
				answers.put(path, describe(app.get(path, "Accept-Language", "de")));
			}
			answers.put("flash", describe(app.get("/landing?page=2")));
			answers.put("post", describe(app.post("/echo", "text/plain", "hello")));
			answers.put("form", describe(app.post("/form", "application/x-www-form-urlencoded", "name=Ada&age=36")));
			answers.put("bad form", describe(app.post("/form", "application/x-www-form-urlencoded", "age=old")));
			answers.put("invalid", describe(app.post("/form", "application/x-www-form-urlencoded", "name=&age=1")));
			answers.put("unreadable", describe(app.post("/json-in", "application/json", "{")));
			answers.put("json", describe(app.post("/json-in", "application/json", "{\"name\":\"Ada\",\"age\":3}")));
			answers.put("wrong method", describe(app.post("/body", "text/plain", "")));
			answers.put("wrong type", describe(app.post("/json-in", "text/csv", "a,b")));
			answers.put("head", describe(app.send("HEAD", "/body")));
			answers.put("options", describe(app.send("OPTIONS", "/body")));
			answers.put("if none match", describe(app.get("/not-modified", "If-None-Match", "\"1\"")));
			answers.put("range", describe(app.get("/resource", "Range", "bytes=2-4")));
			answers.put("not acceptable", describe(app.get("/json", "Accept", "image/png")));
			answers.put("cors", describe(app.get("/cors", "Origin", "http://elsewhere.example")));
			answers.put("multipart", describe(app.post("/upload", "multipart/form-data; boundary=XX",
					"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--XX--\r\n")));
			Observed observed = app.bean(Observed.class);
			until(() -> observed.all.contains("/upload 200 none"));
			// Of asynchronous requests that end in an error page some are observed twice
			// on Tomcat, and some not at all, see ErrorPageCountsIT; those of a Callable
			// are observed under the name of the page.
			answers.put("observed",
					observed.all.stream()
						.filter((request) -> !request.startsWith("/callable-status") && !request.startsWith("/error "))
						.filter((request) -> !request.contains(" 500 ") && !request.startsWith("/raw-async"))
						.distinct()
						.sorted()
						.toList()
						.toString());
		}
		return answers;
	}

	private static void until(java.util.function.BooleanSupplier condition) {
		SlotCounts.until(condition);
	}

	private static String describe(HttpResponse<String> response) {
		List<String> parts = new ArrayList<>();

		parts.add(String.valueOf(response.statusCode()));
		response.headers()
			.map()
			.entrySet()
			.stream()
			.filter((header) -> !header.getKey().equalsIgnoreCase("date"))
			.sorted(Map.Entry.comparingByKey(String.CASE_INSENSITIVE_ORDER))
			.forEach((header) -> parts.add(header.toString()
				.replaceAll("http://127.0.0.1:\\d+|;jsessionid=[\\w.]+", "")
				.replaceAll("JSESSIONID=[\\w.]+", "JSESSIONID")));
		parts.add(response.body().replaceAll("\"timestamp\":\"[^\"]*\"", "").replaceAll("127.0.0.1:\\d+", ""));
		return String.join(" ", parts);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Zoo.class, Pages.class, Advice.class })
	static class App {

		@Bean
		View hello() {
			AbstractView view = new AbstractView() {

				@Override
				protected void renderMergedOutputModel(Map<String, Object> model, HttpServletRequest request,
						HttpServletResponse response) throws Exception {
					setResponseContentType(request, response);
					response.getWriter().print("hello " + model.get("who") + " " + model.get("common"));
				}

			};
			view.setContentType("text/html;charset=UTF-8");
			return view;
		}

		@Bean
		OncePerRequestFilter context() {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						jakarta.servlet.FilterChain chain) throws jakarta.servlet.ServletException, IOException {
					MDC.put("who", "from the filter");
					request.setAttribute("filter thread", Thread.currentThread());
					try {
						chain.doFilter(request, response);
					}
					finally {
						MDC.remove("who");
					}
				}

			};
		}

		@Bean
		Steps steps() {
			return new Steps();
		}

		@Bean
		@ConditionalOnBooleanProperty(name = "watched", matchIfMissing = true)
		WebMvcConfigurer interceptors(Steps steps) {
			return new WebMvcConfigurer() {

				@Override
				public void addInterceptors(InterceptorRegistry registry) {
					registry.addInterceptor(steps);
				}

			};
		}

		@Bean
		Observed observed() {
			return new Observed();
		}

		@Bean
		FilterRegistrationBean<ServerHttpObservationFilter> observation(Observed observed) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(observed);
			FilterRegistrationBean<ServerHttpObservationFilter> filter = new FilterRegistrationBean<>(
					new ServerHttpObservationFilter(registry));
			filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
			filter.setDispatcherTypes(DispatcherType.ASYNC, DispatcherType.REQUEST);
			return filter;
		}

		/** As security filters do it, in each dispatch. */
		@Bean
		FilterRegistrationBean<Filter> principal(@Value("${watched:true}") boolean watched) {
			FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>((request, response, chain) -> chain
				.doFilter(new KnownUser((HttpServletRequest) request), response));
			filter
				.setDispatcherTypes(watched ? EnumSet.allOf(DispatcherType.class) : EnumSet.of(DispatcherType.REQUEST));
			return filter;
		}

		@Bean
		@Scope(value = "request", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Note note() {
			return new Note();
		}

	}

	static class KnownUser extends HttpServletRequestWrapper {

		KnownUser(HttpServletRequest request) {
			super(request);
		}

		@Override
		public Principal getUserPrincipal() {
			return () -> "Ada";
		}

		@Override
		public boolean isUserInRole(String role) {
			return role.equals("singer");
		}

	}

	/** What an interceptor is asked, by path. */
	static class Steps implements AsyncHandlerInterceptor {

		private final Map<String, String> steps = new ConcurrentHashMap<>();

		private void add(HttpServletRequest request, String step) {
			this.steps.merge(request.getRequestURI(), step, (before, next) -> before + " " + next);
		}

		String of(String path) {
			return this.steps.getOrDefault(path, "");
		}

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			add(request, "pre");
			response.setHeader("X-Intercepted", "yes");
			return true;
		}

		@Override
		public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
				@Nullable ModelAndView modelAndView) {
			add(request, "post");
		}

		@Override
		public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
				@Nullable Exception failure) {
			add(request, "after");
		}

		@Override
		public void afterConcurrentHandlingStarted(HttpServletRequest request, HttpServletResponse response,
				Object handler) {
			add(request, "concurrent");
		}

	}

	/** What is observed of every request, as for the meter http.server.requests. */
	static class Observed implements ObservationHandler<ServerRequestObservationContext> {

		private final List<String> all = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(ServerRequestObservationContext context) {
			this.all.add(context.getLowCardinalityKeyValue("uri").getValue() + " "
					+ context.getLowCardinalityKeyValue("status").getValue() + " "
					+ context.getLowCardinalityKeyValue("exception").getValue());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof ServerRequestObservationContext;
		}

	}

	static class Note {

		private String text = "fresh";

		public String take(String next) {
			String before = this.text;
			this.text = next;
			return before;
		}

	}

	record Person(String name, int age) {

	}

	@RestController
	static class Zoo {

		private final Note note;

		private final List<Thread> threads = new CopyOnWriteArrayList<>();

		Zoo(Note note) {
			this.note = note;
		}

		@GetMapping("/body")
		String body() {
			return "body";
		}

		@GetMapping("/json")
		Person json() {
			return new Person("Ada", 36);
		}

		@GetMapping("/entity")
		ResponseEntity<Person> entity() {
			return ResponseEntity.status(HttpStatus.ACCEPTED).header("X-Own", "yes").body(new Person("Ada", 36));
		}

		@GetMapping("/empty-entity")
		ResponseEntity<Void> emptyEntity() {
			return ResponseEntity.noContent().build();
		}

		@GetMapping("/not-modified")
		ResponseEntity<String> notModified() {
			return ResponseEntity.ok().eTag("\"1\"").body("tagged");
		}

		@GetMapping("/null")
		@Nullable String nothing() {
			return null;
		}

		@GetMapping("/created")
		@ResponseStatus(HttpStatus.CREATED)
		String created() {
			return "made";
		}

		@GetMapping("/void")
		@ResponseStatus(HttpStatus.NO_CONTENT)
		void nothingAtAll() {
		}

		@GetMapping("/void-written")
		void written(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain");
			response.getWriter().print("by hand");
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return () -> "called";
		}

		@GetMapping("/callable-fails")
		Callable<String> callableFails() {
			return () -> {
				throw new IllegalArgumentException("in callable");
			};
		}

		@GetMapping("/callable-status")
		Callable<String> callableStatus() {
			return () -> {
				throw new org.springframework.web.server.ResponseStatusException(HttpStatus.CONFLICT, "taken");
			};
		}

		@GetMapping("/task")
		WebAsyncTask<Person> task() {
			return new WebAsyncTask<>(10_000L, () -> new Person("Ada", 36));
		}

		@GetMapping("/deferred")
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			Thread.ofVirtual().start(() -> result.setResult("later"));
			return result;
		}

		@GetMapping("/future")
		CompletableFuture<Person> future() {
			return CompletableFuture.supplyAsync(() -> new Person("Ada", 36));
		}

		@GetMapping("/done-future")
		CompletableFuture<String> doneFuture() {
			return CompletableFuture.completedFuture("at once");
		}

		@GetMapping("/failed-future")
		CompletableFuture<String> failedFuture() {
			return CompletableFuture.failedFuture(new IllegalArgumentException("in future"));
		}

		@GetMapping("/entity-future")
		CompletableFuture<ResponseEntity<String>> entityFuture() {
			return CompletableFuture.completedFuture(ResponseEntity.status(202).body("later"));
		}

		@GetMapping("/sse")
		SseEmitter sse() throws IOException {
			this.threads.add(Thread.currentThread());
			SseEmitter emitter = new SseEmitter();
			emitter.send("early");
			Thread.ofVirtual().start(() -> {
				try {
					emitter.send("late");
					emitter.complete();
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			});
			return emitter;
		}

		@GetMapping("/stream")
		StreamingResponseBody stream() {
			return (out) -> out.write("streamed".getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/entity-stream")
		ResponseEntity<StreamingResponseBody> entityStream() {
			return ResponseEntity.ok()
				.header("X-Own", "yes")
				.body((out) -> out.write("streamed".getBytes(StandardCharsets.UTF_8)));
		}

		@GetMapping("/handled-exception")
		String handled() {
			throw new IllegalArgumentException("in body");
		}

		@GetMapping("/advised-exception")
		String advised() {
			throw new UnsupportedOperationException("in body");
		}

		@GetMapping("/status-exception")
		String status() {
			throw new org.springframework.web.server.ResponseStatusException(HttpStatus.CONFLICT, "taken");
		}

		@GetMapping("/unhandled")
		String unhandled() throws Exception {
			throw new IOException("nobody handles this");
		}

		@GetMapping("/error-thrown")
		String errorThrown() {
			throw new AssertionError("an error");
		}

		@GetMapping("/reason")
		@ResponseStatus(code = HttpStatus.GONE, reason = "was here")
		String reason() {
			return "not seen";
		}

		@GetMapping("/sends-error")
		void sendsError(HttpServletResponse response) throws IOException {
			response.sendError(418, "teapot");
		}

		@GetMapping("/sends-redirect")
		void sendsRedirect(HttpServletResponse response) throws IOException {
			response.sendRedirect("/body");
		}

		@GetMapping("/headers")
		String headers(HttpServletResponse response) {
			response.addHeader("X-Own", "one");
			response.addHeader("Cache-Control", "max-age=5");
			return "with headers";
		}

		@GetMapping("/emitter")
		ResponseBodyEmitter emitter() throws IOException {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter();
			emitter.send("early ");
			Thread.ofVirtual().start(() -> {
				try {
					emitter.send("late");
					emitter.complete();
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			});
			return emitter;
		}

		@GetMapping("/mono")
		Mono<Person> mono() {
			return Mono.just(new Person("Ada", 36));
		}

		@GetMapping("/empty-mono")
		Mono<Person> emptyMono() {
			return Mono.empty();
		}

		@GetMapping("/failed-mono")
		Mono<Person> failedMono() {
			return Mono.error(new IllegalArgumentException("in mono"));
		}

		@GetMapping("/flux")
		Flux<String> flux() {
			return Flux.just("one", "two");
		}

		@GetMapping("/problem")
		ProblemDetail problem() {
			return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "taken");
		}

		@GetMapping("/error-response")
		ErrorResponse errorResponse() {
			return ErrorResponse.builder(new IllegalStateException(), HttpStatus.LOCKED, "locked")
				.header("X-Own", "yes")
				.build();
		}

		@GetMapping("/bytes")
		byte[] bytes() {
			return new byte[] { 65, 66, 67 };
		}

		@GetMapping("/resource")
		Resource resource() {
			return new ByteArrayResource("resource".getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/options")
		Map<String, Object> options() {
			return Map.of("only", "one");
		}

		@GetMapping("/principal")
		String principal(Principal principal, HttpServletRequest request) {
			return principal.getName() + " " + request.isUserInRole("singer");
		}

		@GetMapping("/session")
		String session(HttpSession session) {
			session.setAttribute("seen", "before");
			return "session";
		}

		@GetMapping("/session-again")
		String sessionAgain(@SessionAttribute String seen) {
			return seen;
		}

		@GetMapping("/cookie")
		String cookie(HttpServletResponse response) {
			response.addCookie(new Cookie("flavour", "oat"));
			return "cookie";
		}

		@GetMapping("/raw-async")
		void rawAsync(HttpServletRequest request, HttpServletResponse response) {
			AsyncContext async = request.startAsync();
			async.setTimeout(10_000);
			Thread.ofVirtual().start(() -> {
				try {
					async.getResponse().setContentType("text/plain");
					async.getResponse().getWriter().print("raw");
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
				finally {
					async.complete();
				}
			});
		}

		@GetMapping("/raw-async-completed")
		void rawAsyncCompleted(HttpServletRequest request, HttpServletResponse response) throws IOException {
			AsyncContext async = request.startAsync(request, response);
			async.getResponse().setContentType("text/plain");
			async.getResponse()
				.getWriter()
				.print(request.isAsyncStarted() + " " + async.hasOriginalRequestAndResponse());
			request.getAsyncContext().complete();
		}

		@GetMapping("/raw-async-dispatch")
		void rawAsyncDispatch(HttpServletRequest request, HttpServletResponse response) {
			AsyncContext async = request.startAsync();
			Thread.ofVirtual().start(() -> async.dispatch("/body"));
		}

		@GetMapping("/download")
		ResponseEntity<Resource> download() {
			return ResponseEntity.ok()
				.header("Content-Disposition", "attachment; filename=a.txt")
				.lastModified(1_700_000_000_000L)
				.body(new ByteArrayResource("resource".getBytes(StandardCharsets.UTF_8)));
		}

		@GetMapping("/commits")
		void commits(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain");
			response.getWriter().print("first ");
			response.flushBuffer();
			response.getWriter().print("second");
		}

		@GetMapping("/long-body")
		String longBody() {
			return "0123456789".repeat(2_000);
		}

		@GetMapping("/http-headers")
		HttpHeaders httpHeaders() {
			HttpHeaders headers = new HttpHeaders();
			headers.add("X-Own", "only");
			return headers;
		}

		@GetMapping("/map")
		Map<String, Integer> map() {
			return Map.of("one", 1);
		}

		@CrossOrigin("http://elsewhere.example")
		@GetMapping("/cors")
		String cors() {
			return "shared";
		}

		@PostMapping("/json-in")
		Person jsonIn(@RequestBody Person person) {
			return person;
		}

		@InitBinder("person")
		void names(WebDataBinder binder) {
			binder.addValidators(Validator.forInstanceOf(Person.class, (person, errors) -> {
				if (person.name() == null || person.name().isEmpty()) {
					errors.rejectValue("name", "empty", "must not be empty");
				}
			}));
		}

		@GetMapping("/missing-param")
		String missing(@RequestParam String must) {
			return must;
		}

		@GetMapping("/mdc")
		String mdc() {
			return MDC.get("who");
		}

		@GetMapping("/locale")
		String locale(java.util.Locale locale) {
			return locale + " " + LocaleContextHolder.getLocale();
		}

		@GetMapping("/holder")
		String holder() {
			return String.valueOf(RequestContextHolder.getRequestAttributes() != null);
		}

		@GetMapping("/request-scope")
		String requestScope() {
			return this.note.take("used") + " " + this.note.take("again");
		}

		@GetMapping("/same-thread")
		String sameThread(HttpServletRequest request) {
			return (Thread.currentThread() == request.getAttribute("filter thread")) + " "
					+ Thread.currentThread().isVirtual();
		}

		@PostMapping("/echo")
		String echo(@RequestBody String body) {
			return body;
		}

		@PostMapping("/form")
		Person form(@Validated @ModelAttribute Person person) {
			return person;
		}

		@PostMapping("/upload")
		String upload(@RequestParam org.springframework.web.multipart.MultipartFile file) throws IOException {
			return file.getOriginalFilename() + " " + new String(file.getBytes(), StandardCharsets.UTF_8);
		}

		@ExceptionHandler
		ResponseEntity<String> bad(IllegalArgumentException ex) {
			return ResponseEntity.badRequest().body("bad: " + ex.getMessage());
		}

	}

	@Controller
	static class Pages {

		private final AtomicInteger commons = new AtomicInteger();

		@GetMapping("/model-attribute-callable")
		Callable<String> modelAttributeCallable(Model model) {
			model.addAttribute("who", "once");
			return () -> "hello";
		}

		@ModelAttribute("common")
		String common() {
			this.commons.incrementAndGet();
			return "to all";
		}

		@GetMapping("/view")
		String view(Model model) {
			model.addAttribute("who", "view");
			return "hello";
		}

		@GetMapping("/model-view")
		ModelAndView modelView() {
			return new ModelAndView("hello", Map.of("who", "mav"), HttpStatus.ACCEPTED);
		}

		@GetMapping("/callable-view")
		Callable<String> callableView(Model model) {
			model.addAttribute("who", "callable");
			return () -> "hello";
		}

		@GetMapping("/forward-view")
		String forwardView() {
			return "forward:/body";
		}

		@GetMapping("/redirect")
		String redirect(RedirectAttributes attributes) {
			attributes.addFlashAttribute("flash", "kept");
			attributes.addAttribute("page", 2);
			return "redirect:/landing";
		}

		@GetMapping("/landing")
		@ResponseBody
		String landing(Model model) {
			return String.valueOf(model.getAttribute("flash"));
		}

	}

	@org.springframework.web.bind.annotation.ControllerAdvice
	static class Advice {

		@ExceptionHandler
		ResponseEntity<String> unsupported(UnsupportedOperationException ex) {
			return ResponseEntity.status(501).body("advised: " + ex.getMessage());
		}

	}

}
