package io.greenroom.web;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static io.greenroom.web.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A hop whose answer is written ends there, unless somebody wants to see it come back.
 */
@Timeout(60)
class AnsweredHopIT {

	private static final String[] SERVERS = { "tomcat hop", "jetty hop" };

	@ParameterizedTest(name = "{displayName} [{0}, {1}]")
	@CsvSource({ "tomcat hop,nobody", "tomcat hop,plain filter", "tomcat hop,once per request", "jetty hop,nobody",
			"jetty hop,plain filter", "jetty hop,once per request" })
	@DisplayName("H03 where nobody wants to see a hop come back, its request is dispatched once, as without the pool")
	void isDispatchedOnce(String on, String who) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "who=" + who)) {
			assertThat(app.get("/body").body()).isEqualTo("body true");
			assertThat(app.post("/echo", "text/plain", "hello").body()).isEqualTo("hello");
			assertThat(app.get("/nothing").statusCode()).isEqualTo(204);
			assertThat(app.bean(Passes.class).of("/body")).isEqualTo(1);
			assertThat(app.bean(Passes.class).of("/echo")).isEqualTo(1);
			assertThat(app.bean(Passes.class).of("/nothing")).isEqualTo(1);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "post interceptor", "after interceptor", "async interceptor", "async filter",
			"plain async filter" })
	@DisplayName("H03 an interceptor or filter that takes part in the dispatch back sees a hop come back")
	void comesBackToWhoWantsTo(String who) throws Exception {
		for (String on : SERVERS) {
			try (RunningApp app = RunningApp.startOn(on, App.class, "who=" + who)) {
				assertThat(app.get("/body").body()).isEqualTo("body true");
				assertThat(app.bean(Passes.class).of("/body")).isEqualTo(2);
				until(() -> app.bean(Passes.class).seen.get() == 1);
			}
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat hop", "jetty hop" })
	@DisplayName("H03 a filter that wraps the response, and whatever is left to be done, sees a hop come back")
	void comesBackToBeFinished(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "who=etag")) {
			assertThat(app.get("/body").body()).isEqualTo("body true");
			assertThat(app.get("/body").headers().firstValue("ETag")).isPresent();
		}
		try (RunningApp app = RunningApp.startOn(on, App.class, "who=wrapper")) {
			assertThat(app.get("/body").body()).isEqualTo("body true");
			assertThat(app.bean(Passes.class).of("/body")).isEqualTo(2);
		}
		try (RunningApp app = RunningApp.startOn(on, App.class, "who=nobody")) {
			assertThat(app.post("/upload", "multipart/form-data; boundary=XX",
					"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--XX--\r\n")
				.body()).isEqualTo("a.txt");
			assertThat(app.get("/fails").statusCode()).isEqualTo(500);
			assertThat(app.get("/sends-error").statusCode()).isEqualTo(418);
			assertThat(app.get("/redirects").statusCode()).isEqualTo(302);
			assertThat(app.get("/later").body()).isEqualTo("later");
			for (String path : List.of("/upload", "/fails", "/sends-error", "/redirects")) {
				assertThat(app.bean(Passes.class).of(path)).as(path).isEqualTo(2);
			}
			assertThat(app.bean(Passes.class).of("/later")).isEqualTo(3);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class App {

		@Bean
		Passes passes() {
			return new Passes();
		}

		@Bean
		WebMvcConfigurer interceptors(ObjectProvider<HandlerInterceptor> others) {
			return new WebMvcConfigurer() {

				@Override
				public void addInterceptors(InterceptorRegistry registry) {
					others.forEach(registry::addInterceptor);
				}

			};
		}

		/** Is told when a request has ended, and takes no part in its dispatch back. */
		@Bean
		OncePerRequestFilter ends(Passes passes) {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					chain.doFilter(request, response);
					request.getAsyncContext().addListener(passes.end(request.getRequestURI()));
				}

			};
		}

		@Bean
		@ConditionalOnProperty(name = "who", havingValue = "plain filter")
		Filter plainFilter() {
			return (request, response, chain) -> chain.doFilter(request, response);
		}

		@Bean
		@ConditionalOnProperty(name = "who", havingValue = "post interceptor")
		HandlerInterceptor postInterceptor(Passes passes) {
			return new HandlerInterceptor() {

				@Override
				public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
						@Nullable ModelAndView modelAndView) {
					passes.seen.incrementAndGet();
				}

			};
		}

		@Bean
		@ConditionalOnProperty(name = "who", havingValue = "after interceptor")
		HandlerInterceptor afterInterceptor(Passes passes) {
			return new HandlerInterceptor() {

				@Override
				public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
						@Nullable Exception failure) {
					passes.seen.incrementAndGet();
				}

			};
		}

		@Bean
		@ConditionalOnProperty(name = "who", havingValue = "async interceptor")
		HandlerInterceptor asyncInterceptor(Passes passes) {
			return new AsyncHandlerInterceptor() {

				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
					if (request.getDispatcherType() == DispatcherType.ASYNC) {
						passes.seen.incrementAndGet();
					}
					return true;
				}

			};
		}

		@Bean
		@ConditionalOnProperty(name = "who", havingValue = "async filter")
		OncePerRequestFilter asyncFilter(Passes passes) {
			return new OncePerRequestFilter() {

				@Override
				protected boolean shouldNotFilterAsyncDispatch() {
					return false;
				}

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					if (isAsyncDispatch(request)) {
						passes.seen.incrementAndGet();
					}
					chain.doFilter(request, response);
				}

			};
		}

		@Bean
		@ConditionalOnProperty(name = "who", havingValue = "plain async filter")
		FilterRegistrationBean<Filter> plainAsyncFilter(Passes passes) {
			FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>((request, response, chain) -> {
				passes.seen.incrementAndGet();
				chain.doFilter(request, response);
			});
			filter.setDispatcherTypes(DispatcherType.ASYNC);
			return filter;
		}

		@Bean
		@ConditionalOnProperty(name = "who", havingValue = "etag")
		ShallowEtagHeaderFilter etag() {
			return new ShallowEtagHeaderFilter();
		}

		/**
		 * Wraps the response, and finishes it only if the request is not asynchronous.
		 */
		@Bean
		@ConditionalOnProperty(name = "who", havingValue = "wrapper")
		OncePerRequestFilter wrapper() {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					chain.doFilter(request, new HttpServletResponseWrapper(response));
				}

			};
		}

	}

	/** Sees each dispatch to the servlet beforehand, and no more than that. */
	static final class Passes implements HandlerInterceptor {

		private final Map<String, AtomicInteger> begun = new ConcurrentHashMap<>();

		private final Map<String, CountDownLatch> ended = new ConcurrentHashMap<>();

		/** How often the one under test has seen a request come back. */
		private final AtomicInteger seen = new AtomicInteger();

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			this.begun.computeIfAbsent(request.getRequestURI(), (_) -> new AtomicInteger()).incrementAndGet();
			return true;
		}

		AsyncListener end(String path) {
			return new AsyncListener() {

				@Override
				public void onComplete(AsyncEvent event) {
					latch(path).countDown();
				}

				@Override
				public void onStartAsync(AsyncEvent event) {
					event.getAsyncContext().addListener(this);
				}

				@Override
				public void onTimeout(AsyncEvent event) {
				}

				@Override
				public void onError(AsyncEvent event) {
				}

			};
		}

		private CountDownLatch latch(String path) {
			return this.ended.computeIfAbsent(path, (_) -> new CountDownLatch(1));
		}

		/** How often it was dispatched to the servlet, once it has ended. */
		int of(String path) throws InterruptedException {
			assertThat(latch(path).await(20, TimeUnit.SECONDS)).as(path).isTrue();
			return Objects.requireNonNull(this.begun.get(path)).get();
		}

	}

	@Controller
	static class Endpoints {

		@GetMapping("/body")
		@ResponseBody
		String body() {
			return "body " + Thread.currentThread().isVirtual();
		}

		@GetMapping("/nothing")
		@ResponseStatus(HttpStatus.NO_CONTENT)
		void nothing() {
		}

		@PostMapping("/echo")
		@ResponseBody
		String echo(@RequestBody String body) {
			return body;
		}

		@PostMapping("/upload")
		@ResponseBody
		@Nullable String upload(@RequestParam MultipartFile file) {
			return file.getOriginalFilename();
		}

		@GetMapping("/fails")
		@ResponseBody
		String fails() throws IOException {
			throw new IOException("on purpose");
		}

		@GetMapping("/sends-error")
		void sendsError(HttpServletResponse response) throws IOException {
			response.sendError(418);
		}

		@GetMapping("/redirects")
		String redirects() {
			return "redirect:/body";
		}

		@GetMapping("/later")
		@ResponseBody
		Callable<String> later() {
			return () -> "later";
		}

	}

}
