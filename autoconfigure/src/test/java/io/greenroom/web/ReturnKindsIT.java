package io.greenroom.web;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.view.AbstractView;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import static org.assertj.core.api.Assertions.assertThat;

/** The same requests with the web part off, inline and with a hop: the same answers. */
@Timeout(60)
class ReturnKindsIT {

	private static final List<String> PATHS = List.of("/body", "/json", "/entity", "/created", "/void", "/void-written",
			"/view", "/model-view", "/callable", "/callable-view", "/task", "/deferred", "/future", "/done-future",
			"/failed-future", "/entity-future", "/sse", "/stream", "/entity-stream", "/handled-exception",
			"/advised-exception", "/status-exception", "/unhandled", "/error-thrown", "/callable-fails", "/null",
			"/empty-entity", "/not-modified", "/redirect", "/mdc", "/locale", "/request-scope", "/holder",
			"/missing-param", "/forward-view", "/reason", "/sends-error", "/sends-redirect", "/headers");

	@Test
	@DisplayName("H03 every common return type answers as without the pool, inline and with a hop")
	void answersAreTheSame() throws Exception {
		Map<String, String> off = answers("greenroom.web.enabled=false");
		Map<String, String> inline = answers("greenroom.web.mode=auto");
		Map<String, String> hop = answers("greenroom.web.mode=auto", "greenroom.web.server-threads=platform");
		assertThat(off.get("/body")).startsWith("200 text/plain;charset=UTF-8 body");
		assertThat(off.get("/mdc")).contains("from the filter");
		assertThat(off.get("/callable-view")).contains("hello callable to all");
		assertThat(off.get("flash")).contains("kept");
		assertThat(inline).isEqualTo(off);
		assertThat(hop).isEqualTo(off);
	}

	@Test
	@DisplayName("H03 with a hop a controller runs on a green thread, and is invoked once")
	void hopsToAGreenThreadOnce() throws Exception {
		try (RunningApp app = RunningApp.start(App.class, "greenroom.web.server-threads=platform")) {
			for (String path : PATHS) {
				app.get(path);
			}
			assertThat(app.bean(Zoo.class).threads).hasSize(1).allMatch(Thread::isVirtual);
		}
	}

	@Test
	@DisplayName("H09 with virtual server threads no hop happens: filter and controller share the thread")
	void noHopOnVirtualThreads() throws Exception {
		try (RunningApp app = RunningApp.start(App.class)) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true true");
		}
		try (RunningApp app = RunningApp.start(App.class, "greenroom.web.server-threads=platform")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("false true");
		}
		try (RunningApp app = RunningApp.start(App.class, "greenroom.web.server-threads=platform",
				"greenroom.web.mode=inline")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true false");
		}
		try (RunningApp app = RunningApp.start(App.class, "greenroom.web.mode=hop")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("false true");
		}
		try (RunningApp app = RunningApp.start(App.class, "spring.threads.virtual.enabled=false",
				"greenroom.web.mode=inline")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true false");
		}
	}

	private static Map<String, String> answers(String... properties) throws Exception {
		Map<String, String> answers = new LinkedHashMap<>();
		try (RunningApp app = RunningApp.start(App.class, properties)) {
			for (String path : PATHS) {
				answers.put(path, describe(app.get(path, "Accept-Language", "de")));
			}
			answers.put("flash", describe(app.get("/landing?page=2")));
			answers.put("post", describe(app.post("/echo", "text/plain", "hello")));
			answers.put("form", describe(app.post("/form", "application/x-www-form-urlencoded", "name=Ada&age=36")));
			answers.put("bad form", describe(app.post("/form", "application/x-www-form-urlencoded", "age=old")));
			answers.put("multipart", describe(app.post("/upload", "multipart/form-data; boundary=XX",
					"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--XX--\r\n")));
		}
		return answers;
	}

	private static String describe(HttpResponse<String> response) {
		List<String> parts = new ArrayList<>();
		parts.add(String.valueOf(response.statusCode()));
		for (String header : List.of("Content-Type", "Cache-Control", "Location", "ETag", "X-Own")) {
			response.headers()
				.allValues(header)
				.forEach((value) -> parts.add(value.replaceAll("http://127.0.0.1:\\d+|;jsessionid=\\w+", "")));
		}
		parts.add(response.body().replaceAll("\"timestamp\":\"[^\"]*\"", ""));
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
		@Scope(value = "request", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Note note() {
			return new Note();
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
		Person form(@ModelAttribute Person person) {
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

		@ModelAttribute("common")
		String common() {
			return "to all";
		}

		@GetMapping("/view")
		String view(Model model) {
			model.addAttribute("who", "view");
			return "hello";
		}

		@GetMapping("/model-view")
		org.springframework.web.servlet.ModelAndView modelView() {
			return new org.springframework.web.servlet.ModelAndView("hello", Map.of("who", "mav"), HttpStatus.ACCEPTED);
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
