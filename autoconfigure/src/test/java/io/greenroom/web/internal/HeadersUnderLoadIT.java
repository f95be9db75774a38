package io.greenroom.web.internal;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.web.RunInPool;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Filters that work on request, response and session before and after the chain, under 64
 * connections: no answer is torn. {@code -Dgreenroom.h14=PT1M} for a minute each.
 */
@Timeout(300)
class HeadersUnderLoadIT {

	private static final int CONNECTIONS = 64;

	private static final Duration TIME = Duration.parse(System.getProperty("greenroom.h14", "PT2S"));

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat http2 inline", "tomcat hop", "tomcat http2 hop", "jetty inline",
			"jetty hop" })
	@DisplayName("H14 64 connections, filters that read and write before and after the chain: each answer is whole, and its own")
	void everyAnswerIsWhole(String on, TestReporter reporter) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=4",
				"greenroom.pools.one.queue-capacity=1000", "greenroom.pools.one.queue-timeout=30s");
				ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			app.get("/work?id=first");
			long end = System.nanoTime() + TIME.toNanos();
			AtomicLong answers = new AtomicLong();
			List<Future<Void>> all = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				String client = "c" + i;
				all.add(clients.submit((Callable<Void>) () -> {
					for (int n = 0; System.nanoTime() < end; n++) {
						String id = client + "-" + n;
						String path = (n % 3 == 0) ? "/fails" : (n % 3 == 1) ? "/work" : "/writes";
						assertWhole(app.get(path + "?id=" + id, "X-Asked", id), path, id);
						answers.incrementAndGet();
					}
					return null;
				}));
			}
			for (Future<Void> client : all) {
				client.get();
			}
			reporter.publishEntry(on, answers + " answers");
			assertThat(answers).hasValueGreaterThan(CONNECTIONS);
			assertThat(app.bean(Torn.class).seen).isEmpty();
		}
	}

	private static void assertWhole(HttpResponse<String> answer, String path, String id) {
		assertThat(answer.body()).as(path).isEqualTo(path.equals("/fails") ? "sorry " + id : "done " + id);
		assertThat(answer.statusCode()).as(path).isEqualTo(path.equals("/fails") ? 418 : 200);
		Map<String, List<String>> ours = new TreeMap<>();
		answer.headers().map().forEach((name, values) -> {
			if (!name.startsWith(":") && !List.of("date", "connection", "keep-alive", "set-cookie").contains(name)) {
				// Servers write the name of the charset as they like.
				ours.put(name, values.stream().map((value) -> value.replace("utf-8", "UTF-8")).toList());
			}
		});
		ours.remove("transfer-encoding");
		ours.remove("content-length");
		ours.remove("server");
		Map<String, List<String>> expected = new TreeMap<>();
		for (String position : List.of("outer", "inner")) {
			expected.put("x-" + position + "-before", List.of(id));
			for (int i = 0; i < 4; i++) {
				expected.put("x-" + position + "-" + i, List.of(id));
			}
		}
		expected.put("x-controller", List.of(id));
		expected.put("content-type", List.of("text/plain;charset=UTF-8"));
		assertThat(ours).as(path).isEqualTo(expected);
	}

	/** What a filter has found in a request that is not its own. */
	static class Torn {

		private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

		void see(boolean whole, String what) {
			if (!whole) {
				this.seen.add(what);
			}
		}

	}

	/** Does to the response what a header writer does, and looks for what it has left. */
	static class Meddler extends OncePerRequestFilter {

		private final String position;

		private final Torn torn;

		Meddler(String position, Torn torn) {
			this.position = position;
			this.torn = torn;
		}

		@Override
		protected boolean shouldNotFilterAsyncDispatch() {
			return false;
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String id = request.getParameter("id");
			String name = "x-" + this.position;
			if (request.getDispatcherType() == DispatcherType.REQUEST) {
				request.setAttribute(name, id);
				request.getSession().setAttribute(name + " of " + id, id);
				response.setHeader(name + "-before", id);
				for (int i = 0; i < 4; i++) {
					response.setHeader(name + "-" + i, id);
				}
			}
			chain.doFilter(request, response);
			this.torn.see(id.equals(request.getAttribute(name)), name + " of " + id);
			this.torn.see(id.equals(request.getHeader("X-Asked")) || id.equals("first"), "header of " + id);
			// One session for all, in which each request has a place of its own.
			this.torn.see(id.equals(request.getSession().getAttribute(name + " of " + id)), "session of " + id);
			if (!request.isAsyncStarted()) {
				request.getSession().removeAttribute(name + " of " + id);
			}
			for (int i = 0; i < 4; i++) {
				this.torn.see(id.equals(response.getHeader(name + "-" + i)), name + "-" + i + " of " + id);
				if (!response.isCommitted()) {
					response.setHeader(name + "-" + i, id);
				}
			}
			request.setAttribute(name, id);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class App {

		@Bean
		Torn torn() {
			return new Torn();
		}

		@Bean
		FilterRegistrationBean<Meddler> outer(Torn torn) {
			return registration("outer", Ordered.HIGHEST_PRECEDENCE + 10, torn);
		}

		@Bean
		FilterRegistrationBean<Meddler> inner(Torn torn) {
			return registration("inner", Ordered.LOWEST_PRECEDENCE - 10, torn);
		}

		private static FilterRegistrationBean<Meddler> registration(String position, int order, Torn torn) {
			FilterRegistrationBean<Meddler> registration = new FilterRegistrationBean<>(new Meddler(position, torn));
			registration.setName(position);
			registration.setOrder(order);
			registration.setAsyncSupported(true);
			registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
			return registration;
		}

	}

	@RestController
	@RunInPool("one")
	static class Endpoints {

		@GetMapping("/work")
		String work(@RequestParam String id, HttpServletRequest request, HttpServletResponse response) {
			Thread.yield();
			response.setHeader("x-controller", id);
			return "done " + request.getAttribute("x-inner");
		}

		@GetMapping("/fails")
		String fails(@RequestParam String id, HttpServletResponse response) {
			response.setHeader("x-controller", id);
			throw new IllegalArgumentException(id);
		}

		@GetMapping("/writes")
		void writes(@RequestParam String id, HttpServletResponse response) throws IOException {
			response.setHeader("x-controller", id);
			response.setContentType("text/plain;charset=UTF-8");
			response.getOutputStream().write(("done " + id).getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
		}

		@ExceptionHandler
		ResponseEntity<String> sorry(IllegalArgumentException ex) {
			return ResponseEntity.status(418).body("sorry " + ex.getMessage());
		}

	}

}
