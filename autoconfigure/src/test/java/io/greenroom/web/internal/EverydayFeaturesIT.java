package io.greenroom.web.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.Part;
import jakarta.servlet.http.WebConnection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttributes;
import org.springframework.web.bind.support.SessionStatus;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

/**
 * What applications do with filters, interceptors, error pages, asynchronous requests,
 * uploads and servers' settings: every answer is as without the starter, byte for byte.
 */
@Timeout(300)
class EverydayFeaturesIT {

	private static final String JSON = "Accept: application/json\r\n";

	private static final String PAGE = "Accept: text/html\r\n";

	private static final String UPLOAD = """
			--XX\r
			Content-Disposition: form-data; name="file"; filename="a.txt"\r
			\r
			hello\r
			--XX\r
			Content-Disposition: form-data; name="word"\r
			\r
			there\r
			--XX--\r
			""";

	/** Request lines with more headers and, after a blank, a body. */
	private static final List<String> REQUESTS = requests();

	/** Completed when all answers are there, so that the application can close. */
	private static volatile CompletableFuture<String> lateResult = new CompletableFuture<>();

	/** What a server answers without the starter. */
	private static final Map<String, Map<String, String>> WITHOUT = new ConcurrentHashMap<>();

	/**
	 * With a hop, on Tomcat an error page that follows an include has the charset of the
	 * begun answer, and Jetty leaves the body of the error page out if the controller
	 * fails after it has sent an error.
	 */
	private static final Map<String, String> NOT_WITH_A_HOP = Map.of("tomcat hop", "GET /include-fails", "jetty hop",
			"GET /error-then-bad");

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty hop" })
	@DisplayName("H17 H19 H20 error pages that fail, async timeouts, uploads by hand, wrapping filters, resources, forwarded headers and more: every answer as without the starter")
	void sameAsWithout(String on) throws Exception {
		Map<String, String> without = without(on.substring(0, on.indexOf(' ')));
		Map<String, String> with = visit(on);
		assertThat(with.keySet()).isEqualTo(without.keySet());
		assertThat(with.keySet()
			.stream()
			.filter((what) -> !what.startsWith(NOT_WITH_A_HOP.getOrDefault(on, "none")))
			.filter((what) -> !with.get(what).equals(without.get(what)))
			.map((what) -> "%n%s%n  without: %s%n  with:    %s".formatted(what, without.get(what), with.get(what)))
			.toList()).isEmpty();
	}

	private static Map<String, String> without(String server) throws Exception {
		Map<String, String> known = WITHOUT.get(server);
		if (known == null) {
			known = visit(server + " inline", RunningApp.WITHOUT_STARTER);
			assertThat(known.get("GET /message\r\n" + JSON)).startsWith("HTTP/1.1 200").endsWith("message");
			WITHOUT.put(server, known);
		}
		return known;
	}

	private static List<String> requests() {
		List<String> all = new ArrayList<>();
		for (String path : List.of("/bad-page", "/message", "/stack?trace=true", "/bind?age=x", "/missing",
				"/handler-fails", "/late-handler-fails", "/status-reason", "/view-fails", "/view-fails-late",
				"/no-view", "/task-times-out", "/task-has-answer", "/deferred-times-out", "/deferred-has-answer",
				"/deferred-handled", "/emitter-times-out", "/emitter-fails", "/emitter-fails-early", "/sse-fails",
				"/stream-fails", "/stream-fails-early", "/route-fails", "/route-missing", "/route-sse", "/static/a.txt",
				"/static/none.txt", "/etag", "/buffered", "/buffered-fails", "/advised-body", "/redirect", "/absolute",
				"/remote", "/denied", "/pre-fails", "/post-fails", "/after-fails", "/post-header", "/checks", "/cached",
				"/both", "/reset", "/error-twice", "/error-then-bad", "/error-after-write", "/redirect-after-write",
				"/includes", "/include-fails", "/forward-fails", "/trailers", "/wizard", "/sse", "/stream",
				"/own-handler", "/download", "/view", "/invalidates", "/a%2Fb", "/matrix;q=1")) {
			all.add("GET " + path + "\r\n" + (path.contains("view") ? PAGE : JSON));
		}
		for (String path : List.of("/bad-page", "/handler-fails", "/error-then-bad", "/denied", "/missing")) {
			all.add("GET " + path + "\r\n" + PAGE);
		}
		for (String path : List.of("/message", "/route", "/static/a.txt", "/view", "/deferred-has-answer")) {
			all.add("HEAD " + path + "\r\n" + JSON);
			all.add("OPTIONS " + path + "\r\n" + JSON);
			all.add("TRACE " + path + "\r\n" + JSON);
			all.add("DELETE " + path + "\r\n" + JSON);
			all.add("OPTIONS " + path
					+ "\r\nOrigin: http://elsewhere.example\r\nAccess-Control-Request-Method: GET\r\n");
			all.add("GET " + path + "\r\nOrigin: http://elsewhere.example\r\n");
		}
		all.add("GET /etag\r\nIf-None-Match: \"05d41402abc4b2a76b9719d911017c592\"\r\n");
		all.add("GET /checks\r\nIf-None-Match: \"v1\"\r\n");
		all.add("GET /static/a.txt\r\nRange: bytes=1-2\r\n");
		all.add("GET /download\r\nRange: bytes=9-\r\n");
		all.add("GET /download\r\nRange: bytes=90-\r\n");
		String forwarded = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\nX-Forwarded-Prefix: /in\r\n"
				+ "X-Forwarded-For: 9.9.9.9\r\n";
		all.add("GET /redirect\r\n" + forwarded);
		all.add("GET /absolute\r\n" + forwarded);
		all.add("GET /remote\r\n" + forwarded);
		all.add("GET /message\r\nAccept: nonsense\r\n");
		all.add("GET /message\r\nAccept: image/png\r\n");
		String form = "Content-Type: application/x-www-form-urlencoded\r\n";
		all.add("POST /form\r\n" + form + "\r\nname=Ada");
		all.add("PUT /form\r\n" + form + "\r\nname=Ada");
		all.add("POST /form\r\n" + form + "\r\n_method=delete&name=Ada");
		all.add("POST /shout\r\nContent-Type: text/plain\r\n\r\nhello");
		all.add("POST /json\r\nContent-Type: application/json\r\n\r\n{\"a\":");
		all.add("POST /json\r\nContent-Type: application/json\r\n\r\n{\"a\":1}");
		all.add("POST /json\r\nContent-Type: text/csv\r\n\r\na");
		all.add("POST /json\r\nContent-Type: application/json; charset=\r\n\r\n{}");
		String multipart = "Content-Type: multipart/form-data; boundary=XX\r\n";
		for (String path : List.of("/upload", "/parts", "/route-upload", "/form", "/task-upload")) {
			all.add("POST " + path + "\r\n" + multipart + "\r\n" + UPLOAD);
			all.add("POST " + path + "\r\n" + multipart + "\r\n" + UPLOAD.replace("hello", "x".repeat(3000)));
			all.add("POST " + path + "\r\n" + multipart + "\r\n--XX\r\nrubbish");
		}
		all.add("GET /raw-upgrade\r\nUpgrade: echo\r\nConnection: Upgrade\r\n");
		return all;
	}

	private static Map<String, String> visit(String on, String... properties) throws Exception {
		Map<String, String> answers = new LinkedHashMap<>();
		CompletableFuture<String> late = new CompletableFuture<>();
		lateResult = late;
		try (RunningApp app = RunningApp.startOn(on, App.class,
				Stream.concat(Stream.of(properties), Stream.of("logging.level.root=off",
						"server.servlet.context-path=/in", "server.forward-headers-strategy=framework",
						"spring.web.error.include-message=always", "spring.web.error.include-stacktrace=on-param",
						"spring.web.error.include-binding-errors=always", "spring.mvc.hiddenmethod.filter.enabled=true",
						"spring.servlet.multipart.max-file-size=1KB", "spring.mvc.async.request-timeout=150ms"))
					.toArray(String[]::new))) {
			try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
				Map<String, Future<String>> asked = new LinkedHashMap<>();
				for (String request : REQUESTS) {
					// Jetty does not upgrade to any protocol but those that it knows.
					if (!request.contains("Upgrade") || on.startsWith("tomcat")) {
						asked.put(request, clients.submit(() -> ask(app, request)));
					}
				}
				for (Map.Entry<String, Future<String>> one : asked.entrySet()) {
					answers.put(one.getKey().replaceAll("x{20,}", "xxx"), one.getValue().get());
				}
			}
			finally {
				late.complete("never");
			}
		}
		return answers;
	}

	private static String ask(RunningApp app, String request) throws IOException {
		int lineEnd = request.indexOf("\r\n");
		int blank = request.indexOf("\r\n\r\n");
		String head = request.substring(0, lineEnd).replaceFirst(" /", " /in/") + " HTTP/1.1\r\nHost: localhost\r\n"
				+ (request.contains("Upgrade") ? "" : "Connection: close\r\n");
		String body = (blank < 0) ? "" : request.substring(blank + 4);
		String headers = (blank < 0) ? request.substring(lineEnd + 2) : request.substring(lineEnd + 2, blank + 2);
		String length = (blank < 0) ? "" : "Content-Length: " + body.length() + "\r\n";
		try (RawClient client = new RawClient(app.port())) {
			String answer = client.send(head + headers + length + "\r\n" + body).readToEnd();
			// Stacks have our frames in them.
			return answer.replaceAll("(?m)^\\s+(at )?[\\w.$/@]+\\(.*\\)\r?\n", "")
				.replaceAll("(?m)^Date: .*\r\n", "")
				.replaceAll("\"timestamp\":\"[^\"]*\"", "")
				.replaceAll("<div id='created'>[^<]+", "")
				.replaceAll("JSESSIONID=[\\w.]+", "JSESSIONID")
				.replaceAll("(?m)^Last-Modified: .*\r\n", "")
				.replaceAll("\"trace\":\"[^\"]*\"", "TRACE")
				.replaceAll("(?m)^(\\p{XDigit}+|Content-Length: \\d{4})\r\n", "");
		}
		catch (SocketTimeoutException endless) {
			return "no end";
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Everyday.class, Pages.class, Advice.class, Wizard.class })
	static class App implements WebMvcConfigurer {

		@Override
		public void addResourceHandlers(ResourceHandlerRegistry registry) {
			registry.addResourceHandler("/static/**")
				.setUseLastModified(false)
				.setCacheControl(CacheControl.maxAge(5, TimeUnit.SECONDS))
				.resourceChain(false)
				.addResolver(new org.springframework.web.servlet.resource.PathResourceResolver() {

					@Override
					protected @Nullable Resource resolveResourceInternal(@Nullable HttpServletRequest request,
							String path, List<? extends Resource> locations,
							org.springframework.web.servlet.resource.ResourceResolverChain chain) {
						return path.equals("a.txt")
								? new ByteArrayResource("resource".getBytes(StandardCharsets.UTF_8)) {

									@Override
									public String getFilename() {
										return "a.txt";
									}

									@Override
									public long lastModified() {
										return 0;
									}

								} : null;
					}

				});
		}

		@Override
		public void addCorsMappings(CorsRegistry registry) {
			registry.addMapping("/**").allowedOrigins("http://elsewhere.example").maxAge(7);
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {

				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
						throws IOException {
					if (request.getRequestURI().endsWith("/denied")) {
						response.sendError(403, "denied");
						return false;
					}
					if (request.getRequestURI().endsWith("/pre-fails")) {
						throw new IllegalStateException("pre");
					}
					return true;
				}

				@Override
				public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
						@Nullable ModelAndView view) {
					if (request.getRequestURI().endsWith("/post-fails")) {
						throw new IllegalStateException("post");
					}
					if (view != null) {
						view.addObject("who", "the interceptor");
						response.setHeader("X-Post", "yes");
					}
				}

				@Override
				public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
						@Nullable Exception failure) {
					if (request.getRequestURI().endsWith("/after-fails")) {
						throw new IllegalStateException("after");
					}
				}

			});
		}

		@Bean
		static FilterRegistrationBean<ShallowEtagHeaderFilter> etag() {
			FilterRegistrationBean<ShallowEtagHeaderFilter> filter = new FilterRegistrationBean<>(
					new ShallowEtagHeaderFilter());
			filter.addUrlPatterns("/etag", "/cached");
			return filter;
		}

		/** Writes all answers in capitals, in whichever dispatch they are written. */
		@Bean
		static FilterRegistrationBean<OncePerRequestFilter> buffered() {
			FilterRegistrationBean<OncePerRequestFilter> filter = new FilterRegistrationBean<>(new Capitals());
			filter.addUrlPatterns("/buffered", "/buffered-fails", "/shout");
			filter.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
			return filter;
		}

		@Bean("/own-handler")
		static HttpRequestHandler ownHandler() {
			return (request, response) -> response.getWriter().print("own " + request.getMethod());
		}

		@Bean
		static View page() {
			return new Page();
		}

		@Bean
		static RouterFunction<ServerResponse> routes() {
			return route().GET("/route", (request) -> ServerResponse.ok().header("X-Own", "yes").body("routed"))
				.GET("/route-fails", (request) -> {
					throw new IllegalStateException("route");
				})
				.GET("/route-sse", (request) -> ServerResponse.sse((events) -> {
					try {
						events.send("one");
						events.complete();
					}
					catch (IOException gone) {
						events.error(gone);
					}
				}))
				.POST("/route-upload", (request) -> {
					Part file = request.multipartData().getFirst("file");
					return ServerResponse.ok()
						.body(file.getSubmittedFileName() + " "
								+ new String(file.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
				})
				.build();
		}

	}

	private static final class Page implements View {

		@Override
		public String getContentType() {
			return "text/html";
		}

		@Override
		public void render(@Nullable Map<String, ?> model, HttpServletRequest request, HttpServletResponse response)
				throws Exception {
			Object fails = (model != null) ? model.get("fails") : null;
			response.setContentType("text/html");
			response.getWriter().print("page of " + ((model != null) ? model.get("who") : null));
			if ("late".equals(fails)) {
				response.flushBuffer();
			}
			if (fails != null) {
				throw new IllegalStateException("view");
			}
		}

	}

	private static final class Capitals extends OncePerRequestFilter {

		@Override
		protected boolean shouldNotFilterAsyncDispatch() {
			return false;
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			if (request.getDispatcherType() == DispatcherType.ASYNC) {
				chain.doFilter(request, response);
				return;
			}
			chain.doFilter(new HttpServletRequestWrapper(request) {

				@Override
				public ServletInputStream getInputStream() throws IOException {
					return new Shouted(super.getInputStream());
				}

			}, new HttpServletResponseWrapper(response) {

				@Override
				public void setHeader(String name, String value) {
					super.setHeader(name, value.toUpperCase(Locale.ROOT));
				}

				@Override
				public void setContentLengthLong(long length) {
					super.setHeader("X-Length", String.valueOf(length));
					super.setContentLengthLong(length);
				}

			});
		}

	}

	private static final class Shouted extends ServletInputStream {

		private final ByteArrayInputStream text;

		Shouted(InputStream quiet) throws IOException {
			this.text = new ByteArrayInputStream(
					new String(quiet.readAllBytes(), StandardCharsets.UTF_8).toUpperCase(Locale.ROOT)
						.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public int read() {
			return this.text.read();
		}

		@Override
		public boolean isFinished() {
			return this.text.available() == 0;
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			throw new UnsupportedOperationException();
		}

	}

	@RestController
	static class Everyday {

		@GetMapping("/message")
		String message() {
			return "message";
		}

		@GetMapping("/stack")
		String stack() {
			throw new IllegalStateException("stack");
		}

		@GetMapping("/bind")
		String bind(@ModelAttribute Person person) {
			return "bound " + person.age();
		}

		@GetMapping("/bad-page")
		String badPage() {
			throw new BadPageException();
		}

		@GetMapping("/handler-fails")
		String handlerFails() {
			throw new UnsupportedOperationException("first");
		}

		@GetMapping("/late-handler-fails")
		void lateHandlerFails(HttpServletResponse response) throws IOException {
			response.getOutputStream().print("part");
			response.flushBuffer();
			throw new UnsupportedOperationException("first");
		}

		@GetMapping("/status-reason")
		@ResponseStatus(code = HttpStatus.GONE, reason = "gone")
		String statusReason() {
			return "not seen";
		}

		@GetMapping("/task-times-out")
		WebAsyncTask<String> taskTimesOut() {
			return new WebAsyncTask<>(50L, EverydayFeaturesIT::never);
		}

		@GetMapping("/task-has-answer")
		WebAsyncTask<String> taskHasAnswer() {
			WebAsyncTask<String> task = new WebAsyncTask<>(50L, EverydayFeaturesIT::never);
			task.onTimeout(() -> "too late");
			return task;
		}

		@GetMapping("/deferred-times-out")
		DeferredResult<String> deferredTimesOut() {
			return new DeferredResult<>();
		}

		@GetMapping("/deferred-has-answer")
		DeferredResult<ResponseEntity<String>> deferredHasAnswer() {
			DeferredResult<ResponseEntity<String>> result = new DeferredResult<>(50L,
					ResponseEntity.status(202).body("meanwhile"));
			return result;
		}

		@GetMapping("/deferred-handled")
		DeferredResult<String> deferredHandled() {
			DeferredResult<String> result = new DeferredResult<>(10_000L);
			result.setErrorResult(new IllegalArgumentException("deferred"));
			return result;
		}

		@GetMapping("/emitter-times-out")
		ResponseBodyEmitter emitterTimesOut() throws IOException {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(50L);
			emitter.send("part");
			return emitter;
		}

		@GetMapping("/emitter-fails")
		ResponseBodyEmitter emitterFails() throws IOException {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(10_000L);
			emitter.send("part");
			emitter.completeWithError(new IllegalArgumentException("emitter"));
			return emitter;
		}

		@GetMapping("/emitter-fails-early")
		ResponseBodyEmitter emitterFailsEarly() {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(10_000L);
			emitter.completeWithError(new IllegalArgumentException("emitter"));
			return emitter;
		}

		@GetMapping("/sse-fails")
		SseEmitter sseFails() throws IOException {
			SseEmitter emitter = new SseEmitter(10_000L);
			emitter.send(SseEmitter.event().id("1").name("first").data("one").reconnectTime(5));
			emitter.completeWithError(new IOException("sse"));
			return emitter;
		}

		@GetMapping("/sse")
		SseEmitter sse() throws IOException {
			SseEmitter emitter = new SseEmitter(10_000L);
			emitter.send("one");
			emitter.complete();
			return emitter;
		}

		@GetMapping("/stream")
		StreamingResponseBody stream() {
			return (out) -> out.write("streamed".getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/stream-fails")
		StreamingResponseBody streamFails() {
			return (out) -> {
				out.write("part".getBytes(StandardCharsets.UTF_8));
				out.flush();
				throw new IOException("stream");
			};
		}

		@GetMapping("/stream-fails-early")
		StreamingResponseBody streamFailsEarly() {
			return (out) -> {
				throw new IllegalArgumentException("stream");
			};
		}

		@GetMapping("/download")
		ResponseEntity<Resource> download() {
			return ResponseEntity.ok()
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.body(new ByteArrayResource("0123456789".getBytes(StandardCharsets.UTF_8)));
		}

		@GetMapping("/etag")
		String etag() {
			return "hello";
		}

		@GetMapping("/cached")
		ResponseEntity<String> cached() {
			return ResponseEntity.ok().cacheControl(CacheControl.maxAge(1, TimeUnit.HOURS)).eTag("v2").body("cached");
		}

		@GetMapping("/buffered")
		String buffered(HttpServletResponse response) {
			response.setHeader("X-Quiet", "quiet");
			return "buffered";
		}

		@GetMapping("/buffered-fails")
		String bufferedFails(HttpServletResponse response) {
			response.setHeader("X-Quiet", "quiet");
			throw new IllegalArgumentException("buffered");
		}

		@PostMapping("/shout")
		String shout(@RequestBody String text) {
			return text;
		}

		@PostMapping("/json")
		Map<String, Object> json(@RequestBody Map<String, Object> map) {
			return map;
		}

		@PostMapping("/form")
		String form(@RequestParam String name) {
			return "made " + name;
		}

		@PutMapping("/form")
		String put(@RequestParam String name) {
			return "put " + name;
		}

		@DeleteMapping("/form")
		String delete(@RequestParam String name) {
			return "deleted " + name;
		}

		@PostMapping("/upload")
		String upload(@RequestParam MultipartFile file, @RequestParam String word) throws IOException {
			return file.getOriginalFilename() + " " + file.getSize() + " " + word;
		}

		@PostMapping("/parts")
		String parts(HttpServletRequest request) throws Exception {
			StringBuilder names = new StringBuilder();
			for (Part part : request.getParts()) {
				names.append(part.getName()).append(' ').append(part.getSize()).append(' ');
			}
			return names.append(request.getParameter("word")).toString();
		}

		/** Reads the file when the controller has returned. */
		@PostMapping("/task-upload")
		Callable<String> taskUpload(@RequestParam MultipartFile file) {
			return () -> new String(file.getBytes(), StandardCharsets.UTF_8);
		}

		@GetMapping("/advised-body")
		Person advisedBody() {
			return new Person("Ada", 36);
		}

		@GetMapping("/remote")
		String remote(HttpServletRequest request) {
			return request.getRemoteAddr() + " " + request.getScheme() + " " + request.getServerName() + " "
					+ request.getContextPath() + " " + request.isSecure() + " " + request.getRequestURL();
		}

		@GetMapping("/absolute")
		void absolute(HttpServletResponse response) throws IOException {
			response.sendRedirect("message?a=b");
		}

		@GetMapping({ "/denied", "/pre-fails", "/post-fails", "/after-fails" })
		String intercepted() {
			return "intercepted";
		}

		@GetMapping("/checks")
		@Nullable String checks(WebRequest request) {
			return request.checkNotModified("v1") ? null : "checked";
		}

		@GetMapping("/both")
		void both(HttpServletResponse response) throws IOException {
			response.getWriter().print("text");
			response.getOutputStream().print("bytes");
		}

		@GetMapping("/reset")
		String reset(HttpServletResponse response) {
			response.setHeader("X-Gone", "yes");
			response.setStatus(299);
			response.reset();
			response.setBufferSize(16);
			return "after a reset, which is longer than the buffer";
		}

		@GetMapping("/error-twice")
		void errorTwice(HttpServletResponse response) throws IOException {
			response.sendError(410, "first");
			response.sendError(411, "second");
		}

		@GetMapping("/error-then-bad")
		String errorThenBad(HttpServletResponse response) throws IOException {
			response.sendError(410, "first");
			throw new IllegalArgumentException("second");
		}

		@GetMapping("/error-after-write")
		void errorAfterWrite(HttpServletResponse response) throws IOException {
			response.getWriter().print("part");
			response.setHeader("X-Own", "stays");
			response.sendError(410, "written");
		}

		@GetMapping("/redirect-after-write")
		void redirectAfterWrite(HttpServletResponse response) throws IOException {
			response.getWriter().print("part");
			response.setHeader("X-Own", "stays");
			response.sendRedirect("/elsewhere");
		}

		@GetMapping("/includes")
		void includes(HttpServletRequest request, HttpServletResponse response) throws Exception {
			response.getWriter().print("before ");
			request.getRequestDispatcher("/included").include(request, response);
			response.getWriter().print(" after");
		}

		@GetMapping("/include-fails")
		void includeFails(HttpServletRequest request, HttpServletResponse response) throws Exception {
			response.getWriter().print("before ");
			request.getRequestDispatcher("/stack").include(request, response);
		}

		@GetMapping("/included")
		void included(HttpServletResponse response) throws IOException {
			response.getWriter().print("included");
		}

		@GetMapping("/forward-fails")
		void forwardFails(HttpServletRequest request, HttpServletResponse response) throws Exception {
			request.getRequestDispatcher("/stack").forward(request, response);
		}

		@GetMapping("/trailers")
		void trailers(HttpServletResponse response) throws IOException {
			response.setHeader("Trailer", "X-Sum");
			response.setTrailerFields(() -> Map.of("X-Sum", "42"));
			response.getOutputStream().print("with trailers");
			response.flushBuffer();
		}

		@GetMapping("/invalidates")
		String invalidates(HttpServletRequest request) {
			HttpSession session = request.getSession();
			session.setAttribute("a", "b");
			session.invalidate();
			return String.valueOf(request.getSession(false));
		}

		@GetMapping("/a%2Fb")
		String slash() {
			return "slash";
		}

		@GetMapping("/matrix")
		String matrix(HttpServletRequest request) {
			return request.getRequestURI();
		}

		@GetMapping("/raw-upgrade")
		void upgrade(HttpServletRequest request, HttpServletResponse response) throws Exception {
			response.setStatus(101);
			response.setHeader("Upgrade", "echo");
			response.setHeader("Connection", "Upgrade");
			request.upgrade(Greeting.class);
		}

		@ExceptionHandler
		ResponseEntity<String> bad(IllegalArgumentException failure) {
			return ResponseEntity.badRequest().body("bad " + failure.getMessage());
		}

		@ExceptionHandler
		String fails(UnsupportedOperationException failure) {
			throw new IllegalStateException("second", failure);
		}

	}

	public static class Greeting implements HttpUpgradeHandler {

		@Override
		public void init(WebConnection connection) {
			try (connection) {
				connection.getOutputStream().print("upgraded");
				connection.getOutputStream().flush();
			}
			catch (Exception failure) {
				throw new IllegalStateException(failure);
			}
		}

		@Override
		public void destroy() {
		}

	}

	/**
	 * Has no result in time. An interrupt does not end it, because its failure might then
	 * come before the answer to the timeout.
	 */
	private static String never() {
		return lateResult.join();
	}

	record Person(String name, int age) {

	}

	static class BadPageException extends RuntimeException {

	}

	@Controller
	static class Pages {

		@GetMapping("/view")
		String view(Model model) {
			model.addAttribute("who", "a view");
			return "page";
		}

		@GetMapping("/post-header")
		String postHeader() {
			return "page";
		}

		@GetMapping("/view-fails")
		String viewFails(Model model) {
			model.addAttribute("fails", "early");
			return "page";
		}

		@GetMapping("/view-fails-late")
		String viewFailsLate(Model model) {
			model.addAttribute("fails", "late");
			return "page";
		}

		@GetMapping("/no-view")
		String noView() {
			return "nowhere/to/be/found";
		}

		@GetMapping("/redirect")
		String redirect() {
			return "redirect:/message";
		}

	}

	@Controller
	@SessionAttributes("person")
	static class Wizard {

		@GetMapping("/wizard")
		@ResponseBody
		String wizard(Model model, SessionStatus status, HttpServletRequest request) {
			model.addAttribute("person", new Person("Ada", 36));
			status.setComplete();
			return String.valueOf(request.getSession(false) != null);
		}

	}

	@ControllerAdvice
	static class Advice implements ResponseBodyAdvice<Object> {

		@Override
		public boolean supports(MethodParameter type, Class<? extends HttpMessageConverter<?>> converter) {
			return type.getParameterType() == Person.class;
		}

		@Override
		public @Nullable Object beforeBodyWrite(@Nullable Object body, MethodParameter type, MediaType contentType,
				Class<? extends HttpMessageConverter<?>> converter, ServerHttpRequest request,
				ServerHttpResponse response) {
			response.getHeaders().set("X-Advised", "yes");
			return Map.of("wrapped", body);
		}

		@ExceptionHandler
		ResponseEntity<String> late(AsyncRequestTimeoutException failure) {
			return ResponseEntity.status(598).body("advice: " + failure.getStatusCode());
		}

		@ExceptionHandler
		ModelAndView page(BadPageException failure) {
			return new ModelAndView("page", Map.of("fails", "early"), HttpStatus.I_AM_A_TEAPOT);
		}

	}

}
