package io.greenroom.web.internal;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.green.GreenPool;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.PoolRejectedException;
import io.greenroom.web.RunInPool;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.ContentCachingResponseWrapper;

import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.pool;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

/** Each way into a controller, over real servers, in each mode. */
@Timeout(90)
class WayInIT {

	private static final String UPLOAD = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
			+ "hello\r\n--XX--\r\n";

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H19 H20 H21 what Spring and the server put into a request is found, and what is due at its end runs once, after its view")
	void sameAsWithoutThePool(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=2")) {
			assertThat(app.post("/cast", "multipart/form-data; boundary=XX", UPLOAD).body()).isEqualTo("a.txt");
			assertThat(app.get("/own").body())
				.isEqualTo(on.startsWith("tomcat") ? "org.apache.catalina.connector.RequestFacade"
						: "org.eclipse.jetty.ee11.servlet.ServletApiRequest");
			assertThat(app.get("/scoped").body()).isEqualTo("view sees alive, made by the interceptor");
			assertThat(app.get("/scoped-body").body()).isEqualTo("alive, made by the interceptor");
			List<String> ended = app.bean(Endings.class).all;
			until(() -> ended.size() == 2);
			assertThat(app.get("/ok").body()).isEqualTo("ok");
			assertThat(ended).hasSize(2);
			assertThat(app.get("/routed-after").body()).isEqualTo("routed");
			assertThat(app.send("OPTIONS", "/ok").headers().map().get("Allow"))
				.isEqualTo(Collections.singletonList("GET,HEAD,OPTIONS"));
			assertThat(app.get("/forward-view").body()).isEqualTo("ok");
			assertThat(app.get("/forwards").body()).isEqualTo("ok");
			awaitAllBack(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H15 who is asking by a token is known in the dispatch back, for bodies, views, errors and asynchronous values")
	void keepsTheBearer(String mode) throws Exception {
		for (String server : new String[] { "tomcat ", "jetty " }) {
			try (RunningApp app = RunningApp.startOn(server + mode, App.class, "bearer=true",
					"greenroom.pools.one.size=2")) {
				// What is asynchronous by itself loses its token without the pool, too.
				List<String> paths = mode.equals("hop") ? List.of("/who", "/who-view", "/routed-who", "/who-later")
						: List.of("/who", "/who-view", "/routed-who");
				for (String path : paths) {
					assertThat(app.get(path, "Authorization", "Bearer ada").body()).as(path).isEqualTo("ada");
					assertThat(app.get(path).statusCode()).as(path).isEqualTo(401);
				}
				assertThat(app.get("/who-fails", "Authorization", "Bearer ada").statusCode()).isEqualTo(400);
			}
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "auto", "inline" })
	@DisplayName("H17 on platform threads nothing changes for a filter that wraps the response and skips later dispatches")
	void filtersThatWrap(String mode) throws Exception {
		for (String threads : new String[] { "spring.threads.virtual.enabled=false",
				"greenroom.web.server-threads=platform", "greenroom.web.server-threads=virtual" }) {
			try (RunningApp app = RunningApp.start(App.class, "caching=true", "greenroom.pools.one.size=2",
					"greenroom.web.mode=" + mode, threads)) {
				for (String path : List.of("/ok", "/routed", "/routed-after")) {
					HttpResponse<String> answer = app.get(path);
					assertThat(answer.statusCode()).isEqualTo(200);
					assertThat(answer.body()).as(path).isEqualTo(path.startsWith("/routed") ? "routed" : "ok");
				}
			}
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@CsvSource({ "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H20 a rejection reaches the application's own handlers on each way in: methods, routes, forwards")
	void rejections(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=1",
				"greenroom.pools.one.queue-capacity=0", "advice=true")) {
			Gate gate = app.bean(Gate.class);
			CompletableFuture<HttpResponse<String>> busy = app.getAsync("/gate");
			until(() -> gate.inside() == 1);
			for (String path : List.of("/ok", "/routed", "/forward-view", "/routed-after")) {
				HttpResponse<String> answer = app.get(path);
				assertThat(answer.statusCode()).as(path).isEqualTo(598);
				assertThat(answer.body()).as(path).isEqualTo("full");
			}
			assertThat(app.get("/routed-own").body()).isEqualTo("own words");
			gate.letOut(1);
			assertThat(busy.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			awaitAllBack(app);
		}
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=1",
				"greenroom.pools.one.queue-capacity=0")) {
			Gate gate = app.bean(Gate.class);
			app.getAsync("/gate");
			until(() -> gate.inside() == 1);
			for (String path : List.of("/ok", "/routed")) {
				HttpResponse<String> answer = app.get(path);
				assertThat(answer.statusCode()).as(path).isEqualTo(503);
				assertThat(answer.headers().firstValue("Content-Type")).as(path).hasValue("application/problem+json");
				assertThat(answer.headers().firstValue("Retry-After")).as(path).hasValue("1");
				assertThat(answer.body()).as(path).contains("\"instance\":\"" + path + "\"");
			}
			gate.open();
			awaitAllBack(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat hop", "jetty hop" })
	@DisplayName("H01 H20 with a hop nobody waits in line, or works, on the server's thread: methods, routes, the target of a forward")
	void leavesTheServersThreads(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=1",
				"greenroom.pools.one.queue-timeout=30s", "server.tomcat.threads.max=2",
				"server.tomcat.threads.min-spare=1", "server.jetty.threads.max=8", "server.jetty.threads.min=8",
				"server.jetty.threads.acceptors=1", "server.jetty.threads.selectors=1")) {
			GreenPool pool = pool(app);
			Gate gate = app.bean(Gate.class);
			List<CompletableFuture<HttpResponse<String>>> waiting = new CopyOnWriteArrayList<>();
			waiting.add(app.getAsync("/gate"));
			until(() -> gate.inside() == 1);
			for (String path : List.of("/ok", "/forward-view", "/routed")) {
				for (int i = 0; i < 8; i++) {
					waiting.add(app.getAsync(path));
				}
			}
			until(() -> pool.queued() == 24);
			assertThat(app.get("/health").body()).isEqualTo("well");
			gate.open();
			for (CompletableFuture<HttpResponse<String>> one : waiting) {
				assertThat(one.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			}
			awaitAllBack(app);
		}
	}

	/**
	 * Sends a body over HTTP/2 whose parts come after the slot was lost; a broken stream
	 * is told by its message.
	 */
	private static String slowly(RunningApp app, String path) throws Exception {
		awaitAllBack(app);
		SlotCounts counts = app.bean(SlotCounts.class);
		int before = counts.back();
		try {
			HttpResponse<String> answer = app.trickle(path, () -> {
				until(() -> counts.back() > before);
				// What is tested: parts of the body come apart, and after the answer.
				LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
			});
			assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(answer.headers().firstValue("Connection")).isEmpty();
			assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
			return answer.statusCode() + " " + answer.body();
		}
		catch (IOException broken) {
			return String.valueOf(broken.getMessage());
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop", "tomcat http2 inline",
			"tomcat http2 hop", "jetty http2 inline", "jetty http2 hop" })
	@DisplayName("H13 H19 H20 H22 a slow body loses its slot however it is read: injected request, filter's wrapper, route; over HTTP/2 the 408 is whole")
	void slowBodies(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.body-timeout=300ms",
				"greenroom.pools.one.size=2")) {
			if (on.contains("http2")) {
				// The first request of a connection is HTTP/1.1 still.
				String connection = app.get("/connection").body();
				String early = slowly(app, "/early");
				for (String path : List.of("/echo", "/injected", "/routed-echo")) {
					String answer = slowly(app, path);
					if (on.startsWith("jetty")) {
						// Jetty cancels a stream whose body was not read, after any
						// answer;
						// whether the client drops that answer is a race.
						assertThat(List.of(early, answer)).as(path)
							.allMatch((seen) -> seen.startsWith("408 ") || seen.contains("RST_STREAM"));
					}
					else {
						assertThat(answer).as(path).startsWith("408 ").contains("did not arrive in time");
					}
					assertThat(app.get("/connection").body()).as("the connection lives on").isEqualTo(connection);
				}
			}
			else {
				for (String path : List.of("/echo", "/injected", "/routed-echo")) {
					int before = app.bean(SlotCounts.class).back();
					try (RawClient client = new RawClient(app.port()).post(path, "text/plain", 10).send("12345")) {
						until(() -> app.bean(SlotCounts.class).back() == before + 1);
						client.send("67890");
						assertThat(client.readLine()).as(path).startsWith("HTTP/1.1 408");
					}
				}
			}
			assertThat(app.post("/injected", "text/plain", "hello").body()).isEqualTo("hello");
			awaitAllBack(app);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Endings.class, Controllers.class })
	static class App implements WebMvcConfigurer {

		private final ObjectProvider<Scoped> scoped;

		App(ObjectProvider<Scoped> scoped) {
			this.scoped = scoped;
		}

		@Bean
		static SlotCounts slotCounts() {
			return new SlotCounts();
		}

		@Bean
		static Gate gate() {
			return new Gate();
		}

		@Bean
		@Scope(value = "request", proxyMode = ScopedProxyMode.TARGET_CLASS)
		static Scoped scoped(Endings endings) {
			return new Scoped(endings);
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {

				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
					if (request.getDispatcherType() == DispatcherType.REQUEST) {
						App.this.scoped.getObject().note("made by the interceptor");
					}
					return true;
				}

			}).addPathPatterns("/scoped", "/scoped-body");
		}

		@Bean
		static View shows(ObjectProvider<Scoped> scoped) {
			return new View() {

				@Override
				public String getContentType() {
					return "text/plain";
				}

				@Override
				public void render(@Nullable Map<String, ?> model, HttpServletRequest request,
						HttpServletResponse response) throws Exception {
					Object who = (model != null) ? model.get("who") : null;
					response.setContentType("text/plain");
					response.getWriter().print((who != null) ? who : "view sees " + scoped.getObject().describe());
				}

			};
		}

		/** Reads the token in the first dispatch only; the check is made in each. */
		@Bean
		@ConditionalOnBooleanProperty("bearer")
		static OncePerRequestFilter bearer() {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					String token = request.getHeader("Authorization");
					if (token != null) {
						SecurityContextHolder.setContext(new SecurityContextImpl(
								new TestingAuthenticationToken(token.substring(7), "", "USER")));
					}
					authorize(request, response, chain);
				}

			};
		}

		/** As Spring Security's own filters do in every dispatch. */
		@Bean
		@ConditionalOnBooleanProperty("bearer")
		static OncePerRequestFilter authorization() {
			return new OncePerRequestFilter() {

				@Override
				protected boolean shouldNotFilterAsyncDispatch() {
					return false;
				}

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					if (request.getDispatcherType() == DispatcherType.ASYNC) {
						Object kept = request.getAttribute("org.springframework.security.web.context"
								+ ".RequestAttributeSecurityContextRepository.SPRING_SECURITY_CONTEXT");
						if (kept instanceof SecurityContext context) {
							SecurityContextHolder.setContext(context);
						}
						authorize(request, response, chain);
					}
					else {
						chain.doFilter(request, response);
					}
				}

			};
		}

		private static void authorize(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			try {
				if (SecurityContextHolder.getContext().getAuthentication() == null) {
					response.setStatus(401);
				}
				else {
					chain.doFilter(request, response);
				}
			}
			finally {
				SecurityContextHolder.clearContext();
			}
		}

		@Bean
		@ConditionalOnBooleanProperty("caching")
		static OncePerRequestFilter caching() {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					ContentCachingResponseWrapper wrapped = new ContentCachingResponseWrapper(response);
					chain.doFilter(request, wrapped);
					wrapped.copyBodyToResponse();
				}

			};
		}

		@Bean
		@ConditionalOnBooleanProperty("advice")
		static Advice advice() {
			return new Advice();
		}

		@Bean
		static RouterFunction<ServerResponse> routes(PoolFilters pools) {
			return route()
				.add(route().GET("/routed", (request) -> ServerResponse.ok().body("routed"))
					.GET("/routed-who",
							(request) -> ServerResponse.ok()
								.body(String.valueOf(SecurityContextHolder.getContext().getAuthentication().getName())))
					.POST("/routed-echo", (request) -> ServerResponse.ok().body(request.body(String.class)))
					.filter(pools.in("one"))
					.build())
				.add(route().GET("/routed-after", (request) -> ServerResponse.ok().body("routed"))
					.after((request, answer) -> {
						assertThat(answer.statusCode().value()).isEqualTo(200);
						return answer;
					})
					.filter(pools.in("one"))
					.build())
				.add(route()
					.add(route().GET("/routed-own", (request) -> ServerResponse.ok().body("routed"))
						.filter(pools.in("one"))
						.build())
					.onError(PoolRejectedException.class, (rejection, request) -> ServerResponse.ok().body("own words"))
					.build())
				.build();
		}

	}

	@RestControllerAdvice
	@Order(-1)
	static class Advice {

		@ExceptionHandler
		ResponseEntity<String> full(PoolRejectedException rejection) {
			return ResponseEntity.status(598).body("full");
		}

	}

	/** What has ended, in order. */
	static class Endings {

		private final List<String> all = new CopyOnWriteArrayList<>();

	}

	static class Scoped implements DisposableBean {

		private final Endings endings;

		private String note = "new";

		private boolean ended;

		Scoped(@Nullable Endings endings) {
			this.endings = endings;
		}

		void note(String text) {
			this.note = text;
		}

		String describe() {
			return (this.ended ? "ended" : "alive") + ", " + this.note;
		}

		@Override
		public void destroy() {
			this.ended = true;
			this.endings.all.add(this.note);
		}

	}

	@Controller
	@RunInPool("one")
	static class Controllers {

		private final Gate gate;

		private final HttpServletRequest injected;

		private final ObjectProvider<Scoped> scoped;

		Controllers(Gate gate, HttpServletRequest injected, ObjectProvider<Scoped> scoped) {
			this.gate = gate;
			this.injected = injected;
			this.scoped = scoped;
		}

		@GetMapping("/ok")
		@ResponseBody
		String ok() {
			return "ok";
		}

		/** Answers before the body has come, on its own. */
		@PostMapping("/early")
		ResponseEntity<ProblemDetail> early() {
			return ResponseEntity.status(408).body(ProblemDetail.forStatus(408));
		}

		/** Who is at the other end of the connection. */
		@GetMapping("/connection")
		@ResponseBody
		String connection(HttpServletRequest request) {
			return request.getRemoteAddr() + ":" + request.getRemotePort();
		}

		@GetMapping("/health")
		@ResponseBody
		@RunInPool
		String health() {
			return "well";
		}

		@GetMapping("/gate")
		@ResponseBody
		String gate() throws InterruptedException {
			this.gate.pass();
			return "gate";
		}

		@PostMapping("/cast")
		@ResponseBody
		@Nullable String cast(HttpServletRequest request) {
			return ((MultipartHttpServletRequest) request).getFileMap().get("file").getOriginalFilename();
		}

		@GetMapping("/own")
		@ResponseBody
		String own(HttpServletRequest request) {
			return request.getClass().getName();
		}

		@GetMapping("/scoped")
		String scoped() {
			this.scoped.getObject().describe();
			return "shows";
		}

		@GetMapping("/scoped-body")
		@ResponseBody
		String scopedBody() {
			return this.scoped.getObject().describe();
		}

		@GetMapping("/forward-view")
		@RunInPool
		String forwardView() {
			return "forward:/ok";
		}

		@GetMapping("/forwards")
		void forwards(HttpServletRequest request, HttpServletResponse response) throws Exception {
			request.getRequestDispatcher("/ok").forward(request, response);
		}

		@GetMapping("/who")
		@ResponseBody
		String who() {
			return SecurityContextHolder.getContext().getAuthentication().getName();
		}

		@GetMapping("/who-view")
		String whoView(Model model) {
			model.addAttribute("who", who());
			return "shows";
		}

		@GetMapping("/who-later")
		@ResponseBody
		CompletableFuture<String> whoLater() {
			String who = who();
			return CompletableFuture.supplyAsync(() -> who);
		}

		@GetMapping("/who-fails")
		@ResponseBody
		String whoFails() {
			throw new IllegalArgumentException(who());
		}

		@PostMapping("/echo")
		@ResponseBody
		String echo(@RequestBody String body) {
			return body;
		}

		@PostMapping("/injected")
		@ResponseBody
		String injected() throws IOException {
			return new String(this.injected.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}

		@ExceptionHandler
		ResponseEntity<String> bad(IllegalArgumentException ex) {
			return ResponseEntity.badRequest().body(ex.getMessage());
		}

	}

}
