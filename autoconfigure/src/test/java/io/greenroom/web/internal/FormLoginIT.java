package io.greenroom.web.internal;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.View;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with Spring Security's form login and sessions, as a browser sees it.
 */
@Timeout(120)
class FormLoginIT {

	/** What Spring Security adds to an answer whose controller has set none of them. */
	private static final Map<String, List<String>> SECURITY_HEADERS = Map.of("cache-control",
			List.of("no-cache, no-store, max-age=0, must-revalidate"), "expires", List.of("0"), "pragma",
			List.of("no-cache"), "x-content-type-options", List.of("nosniff"), "x-frame-options", List.of("DENY"),
			"x-xss-protection", List.of("0"));

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat", "jetty" })
	@DisplayName("H15 H14 H17 form login, CSRF, a new session id, remember-me, roles and logout: every answer as without the starter, but that with a hop the header writer comes before the controller")
	void sameAsWithout(String server) throws Exception {
		Map<String, Answer> without = visit(server + " inline", RunningApp.WITHOUT_STARTER);
		assertThat(without.get("login")).asString().startsWith("302 ").contains("session: new");
		assertThat(without.get("home again")).asString().startsWith("200 ").endsWith("home of ada");
		assertThat(without.get("remembered")).asString().startsWith("200 ").endsWith("home of ada");
		assertThat(without.get("after logout")).asString().startsWith("302 ");
		assertThat(without.get("role")).asString().startsWith("403 ");
		assertThat(without.get("role of root")).asString().startsWith("200 ");
		assertThat(without.get("write")).asString().startsWith("200 ").endsWith("ada wrote hello");
		assertThat(without.get("write without token")).asString().startsWith("403 ");
		assertThat(without.get("ada's view")).asString().startsWith("200 ").contains("page of ada for ada");
		assertThat(without.get("ada's forwards")).asString().startsWith("200 ").contains("page of ada for ada");
		assertThat(differences(without, visit(server + " inline"))).isEmpty();
		assertThat(differences(withHeadersBefore(without, server), visit(server + " hop"))).isEmpty();
	}

	/**
	 * Where the writer comes before the controller it does not see that the controller
	 * sets caching headers itself, that Jetty does so with a new session, or that Tomcat
	 * ends the answer with a forward.
	 */
	private static Map<String, Answer> withHeadersBefore(Map<String, Answer> answers, String server) {
		Map<String, Answer> expected = new LinkedHashMap<>(answers);
		String third = server.equals("tomcat") ? "ada's forwards" : "ada's new-session";
		for (String step : List.of("ada's cached", third)) {
			expected.computeIfPresent(step, (_, answer) -> answer.withSecurityHeaders());
		}
		return expected;
	}

	private static List<String> differences(Map<String, Answer> expected, Map<String, Answer> found) {
		assertThat(found.keySet()).isEqualTo(expected.keySet());
		return expected.keySet()
			.stream()
			.filter((step) -> !expected.get(step).equals(found.get(step)))
			.map((step) -> "%n%s%n  expected: %s%n  found:    %s".formatted(step, expected.get(step), found.get(step)))
			.toList();
	}

	private record Answer(int status, String session, Map<String, List<String>> headers, String body) {

		Answer withSecurityHeaders() {
			Map<String, List<String>> all = new TreeMap<>(SECURITY_HEADERS);
			all.putAll(this.headers);
			all.put("expires", SECURITY_HEADERS.get("expires"));
			return new Answer(this.status, this.session, all, this.body);
		}

		@Override
		public String toString() {
			return this.status + " session: " + this.session + " " + this.headers + " " + this.body;
		}

	}

	private static Map<String, Answer> visit(String on, String... properties) throws Exception {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("logging.level.root=off");
		try (RunningApp app = RunningApp.startOn(on, App.class, all.toArray(String[]::new))) {
			Browser browser = new Browser(app.port());
			browser.get("home", "/");
			browser.get("login page", "/login");
			browser.post("login without token", "/login", "username=ada&password=secret");
			browser.get("login page again", "/login");
			browser.post("wrong password", "/login", "username=ada&password=wrong&_csrf=" + browser.token);
			browser.get("login page with error", "/login?error");
			browser.post("login", "/login", "username=ada&password=secret&remember-me=on&_csrf=" + browser.token);
			browser.get("home again", "/");
			for (String page : List.of("view", "fails", "missing", "sends-error", "counter", "callable", "deferred",
					"forwards", "cached", "redirects", "open", "new-session", "counter")) {
				browser.get("ada's " + page, "/" + page);
			}
			browser.get("role", "/admin");
			browser.token = "";
			// Without a body, since whether Jetty reads one before it closes is a race.
			browser.post("write without token", "/write", "");
			browser.get("token", "/token");
			browser.post("write", "/write", "hello");
			browser.cookies.remove("JSESSIONID");
			browser.get("remembered", "/");
			browser.get("token for logout", "/token");
			browser.post("logout", "/logout", "_csrf=" + browser.token);
			browser.get("login page after logout", "/login?logout");
			browser.get("after logout", "/view");
			browser.get("open after logout", "/open");
			browser.get("login page of root", "/login");
			browser.post("login of root", "/login", "username=root&password=secret&_csrf=" + browser.token);
			browser.get("role of root", "/admin");
			return browser.answers;
		}
	}

	/** Keeps cookies and the last token, and notes what it sees but for what varies. */
	private static final class Browser {

		private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"|token=(\\S+)");

		private final Map<String, Answer> answers = new LinkedHashMap<>();

		private final Map<String, String> cookies = new TreeMap<>();

		private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

		private final int port;

		private String token = "";

		Browser(int port) {
			this.port = port;
		}

		void get(String step, String path) throws Exception {
			note(step, send(path).GET());
		}

		void post(String step, String path, String body) throws Exception {
			HttpRequest.Builder request = send(path).POST(HttpRequest.BodyPublishers.ofString(body))
				.header("Content-Type", body.contains("=") ? "application/x-www-form-urlencoded" : "text/plain");
			if (!body.contains("=") && !this.token.isEmpty()) {
				request.header("X-CSRF-TOKEN", this.token);
			}
			note(step, request);
		}

		private HttpRequest.Builder send(String path) {
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
				.timeout(Duration.ofSeconds(20))
				.header("Accept", "text/html,*/*;q=0.8");
			this.cookies.forEach((name, value) -> request.header("Cookie", name + "=" + value));
			return request;
		}

		private void note(String step, HttpRequest.Builder request) throws Exception {
			HttpResponse<String> answer = this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
			String before = this.cookies.get("JSESSIONID");
			answer.headers().allValues("Set-Cookie").forEach(this::keep);
			String after = this.cookies.get("JSESSIONID");
			Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
			headers.keySet().removeIf((name) -> name.equalsIgnoreCase("Date"));
			// An error page and a login page have the token in them.
			headers.keySet().removeIf((name) -> name.equalsIgnoreCase("Content-Length"));
			headers.computeIfPresent("expires",
					(name, values) -> values.stream().map((value) -> value.length() > 1 ? "a date" : value).toList());
			headers.computeIfPresent("set-cookie", (name, values) -> values.stream()
				.map((value) -> value.replaceFirst("=[^;]{10,};", "=value;").replaceFirst("Expires=[^;]+", "Expires"))
				.sorted()
				.toList());
			String session = (after == null) ? "none" : after.equals(before) ? "the same" : "new";
			String body = answer.body();
			Matcher found = TOKEN.matcher(body);
			if (found.find()) {
				this.token = (found.group(1) != null) ? found.group(1) : found.group(2);
				body = body.replace(this.token, "TOKEN");
			}
			body = body.replaceAll("<div id='created'>[^<]+", "");
			headers.computeIfPresent("location",
					(name, values) -> values.stream()
						.map((value) -> value.replace(":" + this.port, ":PORT")
							.replaceAll("jsessionid=[\\w.]+", "jsessionid=ID"))
						.toList());
			Answer seen = new Answer(answer.statusCode(), session, headers, body);
			assertThat(this.answers.put((this.answers.containsKey(step) ? step + " twice" : step), seen)).isNull();
		}

		private void keep(String cookie) {
			String[] parts = cookie.substring(0, cookie.indexOf(';')).split("=", 2);
			if (parts[1].isEmpty()) {
				this.cookies.remove(parts[0]);
			}
			else {
				this.cookies.put(parts[0], parts[1]);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebSecurity
	@Import(Pages.class)
	static class App {

		@Bean
		static SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers("/open")
					.permitAll()
					.requestMatchers("/admin")
					.hasRole("ADMIN")
					.anyRequest()
					.authenticated())
				.formLogin(Customizer.withDefaults())
				.rememberMe((remember) -> remember.key("the same after a restart"))
				.logout(Customizer.withDefaults())
				.build();
		}

		/** As Boot registers it. */
		@Bean
		static DelegatingFilterProxyRegistrationBean securityFilter() {
			DelegatingFilterProxyRegistrationBean filter = new DelegatingFilterProxyRegistrationBean(
					"springSecurityFilterChain");
			filter.setOrder(-100);
			filter.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
			return filter;
		}

		@Bean
		static UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("ada").password("{noop}secret").roles("USER").build(),
					User.withUsername("root").password("{noop}secret").roles("USER", "ADMIN").build());
		}

		/** Asks for the token while it renders, which may make a session. */
		@Bean
		static View page() {
			return new View() {

				@Override
				public String getContentType() {
					return "text/html";
				}

				@Override
				public void render(@Nullable Map<String, ?> model, HttpServletRequest request,
						HttpServletResponse response) throws Exception {
					response.setContentType("text/html");
					CsrfToken token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
					response.getWriter()
						.write("page of " + who() + " for " + request.getRemoteUser() + " token=" + token.getToken());
				}

			};
		}

	}

	private static String who() {
		return SecurityContextHolder.getContext().getAuthentication().getName();
	}

	@Controller
	static class Pages {

		@GetMapping("/")
		@ResponseBody
		String home() {
			return "home of " + who();
		}

		@GetMapping("/view")
		String view() {
			return "page";
		}

		@GetMapping("/forwards")
		String forwards() {
			return "forward:/view";
		}

		@GetMapping("/redirects")
		String redirects() {
			return "redirect:/view";
		}

		@GetMapping("/fails")
		String fails() {
			throw new IllegalStateException(who() + " fails");
		}

		@GetMapping("/sends-error")
		void sendsError(HttpServletResponse response) throws Exception {
			response.sendError(410, who());
		}

		@GetMapping("/counter")
		@ResponseBody
		String counter(HttpSession session) {
			Integer count = (Integer) session.getAttribute("count");
			session.setAttribute("count", (count != null) ? count + 1 : 1);
			return who() + " " + session.getAttribute("count");
		}

		@GetMapping("/new-session")
		@ResponseBody
		String newSession(HttpServletRequest request) {
			String before = request.getSession().getId();
			return who() + " changed it: " + !request.changeSessionId().equals(before);
		}

		@GetMapping("/callable")
		@ResponseBody
		Callable<String> callable() {
			return () -> who() + " later";
		}

		@GetMapping("/deferred")
		@ResponseBody
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			result.setResult(who() + " deferred");
			return result;
		}

		@GetMapping("/cached")
		@ResponseBody
		String cached(HttpServletResponse response) {
			response.setHeader("Cache-Control", "no-store");
			return "cached for " + who();
		}

		@GetMapping("/open")
		@ResponseBody
		String open() {
			return "open to " + who();
		}

		@GetMapping("/admin")
		@ResponseBody
		String admin() {
			return "for " + who();
		}

		@GetMapping("/token")
		@ResponseBody
		String token(CsrfToken token) {
			return "token=" + token.getToken();
		}

		@PostMapping("/write")
		@ResponseBody
		String write(@RequestBody String text) {
			return who() + " wrote " + text;
		}

	}

}
