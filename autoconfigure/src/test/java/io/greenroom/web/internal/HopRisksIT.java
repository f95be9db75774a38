package io.greenroom.web.internal;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/** What an application is told that asks for a hop. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class HopRisksIT {

	private static final String WARNING = "greenroom.web.mode=hop makes every request asynchronous";

	@ParameterizedTest(name = "{displayName} [{0}]")
	@CsvSource({ "tomcat hop,true", "jetty hop,true", "tomcat inline,false" })
	@DisplayName("H17 H21 a start with mode=hop names each filter and interceptor that will see it differently, and only those of the application")
	void names(String on, boolean warns, CapturedOutput output) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, WithFilters.class)) {
			assertThat(app.get("/hello").body()).isEqualTo("hello");
		}
		if (!warns) {
			assertThat(output).doesNotContain(WARNING);
			return;
		}
		assertThat(warning(output)).contains("WARN",
				"Filters [" + Plain.class.getName() + ", " + Registered.class.getName() + "]",
				"interceptors [" + Everywhere.class.getName() + ", " + Somewhere.class.getName() + "]",
				"greenroom.web.mode=auto");
	}

	@Test
	@DisplayName("H14 H17 a start with mode=hop names the header writer of Spring Security, which decides before the controller has run")
	void headerWriter(CapturedOutput output) throws Exception {
		try (RunningApp app = RunningApp.startOn("tomcat hop", FormLoginIT.App.class)) {
			assertThat(app.get("/open").body()).isEqualTo("open to anonymousUser");
		}
		assertThat(warning(output)).contains(
				"Filters [org.springframework.security.web.header.HeaderWriterFilter] see their chain return before the controller has run");
	}

	private static String warning(CapturedOutput output) {
		return output.getOut().lines().filter((one) -> one.contains(WARNING)).reduce((_, _) -> {
			throw new AssertionError("Told twice");
		}).orElseThrow();
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@CsvSource({ "tomcat hop", "jetty hop" })
	@DisplayName("H17 an application without filters and interceptors of its own is not warned")
	void nobody(String on, CapturedOutput output) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, Bare.class)) {
			assertThat(app.get("/hello").body()).isEqualTo("hello");
		}
		assertThat(output).doesNotContain(WARNING);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoint.class)
	static class Bare {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoint.class)
	static class WithFilters implements WebMvcConfigurer {

		@Bean
		Plain plain() {
			return new Plain();
		}

		@Bean
		FilterRegistrationBean<Registered> registered() {
			return new FilterRegistrationBean<>(new Registered());
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new Everywhere());
			registry.addInterceptor(new Somewhere()).addPathPatterns("/some/**");
		}

	}

	static class Plain extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			chain.doFilter(request, response);
		}

	}

	static class Registered extends Plain {

	}

	static class Everywhere implements HandlerInterceptor {

	}

	static class Somewhere implements HandlerInterceptor {

	}

	@RestController
	static class Endpoint {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

	}

}
