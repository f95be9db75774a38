package io.greenroom.web;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.ServletRequestPathUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * While a controller runs on a green thread, the server's thread is on its way out of
 * Spring MVC, and cleans up what it has left in the request.
 */
@Timeout(60)
class HopForwardIT {

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat hop", "jetty hop" })
	@DisplayName("H03 a forward from a controller finds its target while the server's thread leaves the request")
	void forwardsWhileTheServerLeaves(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class)) {
			assertThat(app.get("/forwards").body()).isEqualTo("target");
			assertThat(app.bean(Meeting.class).met()).isTrue();
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat hop", "jetty hop" })
	@DisplayName("H03 a controller sees the parsed path of its request after the server's thread has left")
	void keepsThePath(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class)) {
			app.bean(Meeting.class).forwarded.countDown();
			assertThat(app.get("/path").body()).isEqualTo("/path");
			assertThat(app.bean(Meeting.class).met()).isTrue();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Meeting.class, OnTheWayOut.class, InTheForward.class, Controllers.class })
	static class App implements WebMvcConfigurer {

		private final Meeting meeting;

		App(Meeting meeting) {
			this.meeting = meeting;
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new AsyncHandlerInterceptor() {

				@Override
				public void afterConcurrentHandlingStarted(HttpServletRequest request, HttpServletResponse response,
						Object handler) throws Exception {
					App.this.meeting.awaitForward();
				}

			});
		}

	}

	/** The server's thread leaves when the forward has begun, which waits for that. */
	@Component
	static class Meeting {

		private final CountDownLatch forwarded = new CountDownLatch(1);

		private final CountDownLatch left = new CountDownLatch(1);

		private volatile boolean met = true;

		void awaitForward() throws InterruptedException {
			this.met &= this.forwarded.await(20, TimeUnit.SECONDS);
		}

		void awaitLeft() throws InterruptedException {
			this.met &= this.left.await(20, TimeUnit.SECONDS);
		}

		boolean met() {
			return this.met;
		}

	}

	@Component
	static class OnTheWayOut implements Filter {

		private final Meeting meeting;

		OnTheWayOut(Meeting meeting) {
			this.meeting = meeting;
		}

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			try {
				chain.doFilter(request, response);
			}
			finally {
				this.meeting.left.countDown();
			}
		}

	}

	@Component
	static class InTheForward implements HandlerMapping, Ordered {

		private final Meeting meeting;

		InTheForward(Meeting meeting) {
			this.meeting = meeting;
		}

		@Override
		public @Nullable HandlerExecutionChain getHandler(HttpServletRequest request) throws Exception {
			if (request.getDispatcherType() == DispatcherType.FORWARD) {
				this.meeting.forwarded.countDown();
				this.meeting.awaitLeft();
			}
			return null;
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

	}

	@RestController
	static class Controllers {

		private final Meeting meeting;

		Controllers(Meeting meeting) {
			this.meeting = meeting;
		}

		@GetMapping("/forwards")
		void forwards(HttpServletRequest request, HttpServletResponse response) throws Exception {
			request.getRequestDispatcher("/target").forward(request, response);
		}

		@GetMapping("/target")
		String target() {
			return "target";
		}

		@GetMapping("/path")
		String path(HttpServletRequest request) throws InterruptedException {
			this.meeting.awaitLeft();
			return ServletRequestPathUtils.getParsedRequestPath(request).value();
		}

	}

}
