package io.greenroom.web.internal;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Users who are known by a filter of the application that reads a token, and controllers
 * that let them in, out, or send them elsewhere.
 */
@Timeout(120)
class HopUsersIT {

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat", "jetty" })
	@DisplayName("H15 H22 after a hop, an error page, a logout, a login and a rejection have the user that they have without the starter")
	void sameAsWithout(String server) throws Exception {
		Map<String, String> without = visit(server + " inline", RunningApp.WITHOUT_STARTER);
		assertThat(without).containsEntry("/fails", "403")
			.containsEntry("/logout", "200 bye")
			.containsEntry("/request-logout", "200 bye")
			.containsEntry("/login", "200 hello; after: bob")
			.containsEntry("/who", "200 ann; after: ann")
			.containsEntry("/throws", "403");
		assertThat(visit(server + " inline")).isEqualTo(without);
		assertThat(visit(server + " hop")).isEqualTo(without);
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat hop", "jetty hop" })
	@DisplayName("H14 H17 no body follows a redirect that a controller sends after a hop")
	void redirects(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class)) {
			for (int i = 0; i < 500; i++) {
				HttpResponse<String> answer = app.get("/redirect", "X-Token", "ann");
				assertThat(answer.statusCode()).isEqualTo(302);
				assertThat(answer.headers().firstValue("Location").orElseThrow()).endsWith("/elsewhere");
				assertThat(answer.body()).isEmpty();
			}
			HttpResponse<String> kept = app.get("/redirect-with-body", "X-Token", "ann");
			assertThat(kept.statusCode()).isEqualTo(303);
			assertThat(kept.body()).isEqualTo("moved");
		}
	}

	private static Map<String, String> visit(String on, String... properties) throws Exception {
		Map<String, String> answers = new LinkedHashMap<>();
		try (RunningApp app = RunningApp.startOn(on, App.class, properties)) {
			for (String path : List.of("/who", "/fails", "/throws", "/logout", "/request-logout", "/login")) {
				HttpResponse<String> answer = app.get(path, "X-Token", "ann");
				String after = answer.headers().firstValue("X-After").map((user) -> "; after: " + user).orElse("");
				// The error page itself is the server's.
				answers.put(path, (answer.statusCode() == 200) ? "200 " + answer.body() + after
						: String.valueOf(answer.statusCode()));
			}
		}
		return answers;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebSecurity
	@Import(Endpoint.class)
	static class App implements WebMvcConfigurer {

		@Bean
		static SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
				.addFilterBefore(new TokenFilter(), UsernamePasswordAuthenticationFilter.class)
				.build();
		}

		@Bean
		static DelegatingFilterProxyRegistrationBean securityFilter() {
			return FormLoginIT.App.securityFilter();
		}

		/** What follows the controller, while an answer of a view is not yet written. */
		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {

				@Override
				public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
						ModelAndView view) {
					Authentication user = SecurityContextHolder.getContext().getAuthentication();
					response.setHeader("X-After", (user != null) ? user.getName() : "nobody");
				}

			});
		}

	}

	/** As in many applications: it knows the holder only. */
	private static final class TokenFilter extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String token = request.getHeader("X-Token");
			if (token != null) {
				SecurityContextHolder.getContext().setAuthentication(user(token));
			}
			chain.doFilter(request, response);
		}

	}

	private static Authentication user(String name) {
		return UsernamePasswordAuthenticationToken.authenticated(name, null, List.of());
	}

	@RestController
	static class Endpoint {

		@GetMapping("/who")
		ModelAndView who(HttpServletRequest request) {
			return text(request.getRemoteUser());
		}

		@GetMapping("/fails")
		void fails(HttpServletResponse response) throws IOException {
			response.sendError(409);
		}

		@GetMapping("/throws")
		String failsToo() {
			throw new IllegalStateException("expected");
		}

		@GetMapping("/logout")
		String logout(HttpServletRequest request, HttpServletResponse response, Authentication user) {
			new SecurityContextLogoutHandler().logout(request, response, user);
			return "bye";
		}

		@GetMapping("/request-logout")
		String requestLogout(HttpServletRequest request) throws ServletException {
			request.logout();
			return "bye";
		}

		@GetMapping("/login")
		ModelAndView login(HttpServletRequest request, HttpServletResponse response) {
			SecurityContext context = SecurityContextHolder.createEmptyContext();
			context.setAuthentication(user("bob"));
			SecurityContextHolder.setContext(context);
			new RequestAttributeSecurityContextRepository().saveContext(context, request, response);
			return text("hello");
		}

		@GetMapping("/redirect")
		String redirect(HttpServletResponse response) throws IOException {
			response.sendRedirect("/elsewhere");
			return "body";
		}

		@GetMapping("/redirect-with-body")
		void redirectWithBody(HttpServletResponse response) throws IOException {
			response.getWriter().write("moved");
			response.sendRedirect("/elsewhere", 303, false);
		}

		private static ModelAndView text(String text) {
			return new ModelAndView((_, _, response) -> response.getWriter().write(text));
		}

	}

}
