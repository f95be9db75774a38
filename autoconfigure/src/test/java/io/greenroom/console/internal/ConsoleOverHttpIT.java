package io.greenroom.console.internal;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/** The console as anybody on the network may ask it. */
@Timeout(180)
class ConsoleOverHttpIT {

	private static final String CONSOLE = "/actuator/greenroom/console";

	private static final String ON = "greenroom.console.enabled=true";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=greenroom";

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final HttpClient client = HttpClient.newHttpClient();

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			management.endpoints.web.exposure.include=greenroom | x=y
			management.endpoints.web.exposure.include=greenroom | greenroom.console.enabled=false
			management.endpoints.web.exposure.include=health    | greenroom.console.enabled=true
			management.endpoint.greenroom.access=none           | greenroom.console.enabled=true
			""")
	@DisplayName("M13 the console is off unless it is switched on and the endpoint is exposed")
	void offByDefault(String first, String second) throws Exception {
		try (ConfigurableApplicationContext context = start(Plain.class, first, second)) {
			for (String path : List.of("/greenroom", CONSOLE, CONSOLE + "/events", CONSOLE + "/threads")) {
				assertThat(get(context, path).statusCode()).as(path).isEqualTo(404);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("M13 the page, its policy and its parts, on each server and in each mode")
	void page(String on) throws Exception {
		String other = on.startsWith("tomcat")
				? "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration"
				: "org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration";
		try (ConfigurableApplicationContext context = start(Plain.class, ON, EXPOSED,
				"spring.autoconfigure.exclude=" + other, "greenroom.web.mode=" + on.substring(on.indexOf(' ') + 1),
				"greenroom.console.interval=100ms")) {
			HttpResponse<String> link = get(context, "/greenroom");
			assertThat(link.statusCode()).isEqualTo(302);
			assertThat(link.headers().firstValue("Location").orElse("")).endsWith("actuator/greenroom/console");
			assertThat(link.body()).isEmpty();
			HttpResponse<String> page = get(context, CONSOLE);
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.body()).startsWith("<!DOCTYPE html>");
			assertThat(page.headers().map()).containsEntry("cache-control", List.of("no-store"))
				.containsEntry("x-content-type-options", List.of("nosniff"))
				.containsEntry("x-frame-options", List.of("DENY"))
				.containsEntry("referrer-policy", List.of("no-referrer"))
				.containsEntry("content-security-policy", List.of(ConsolePage.load().policy()));
			assertThat(get(context, CONSOLE + "/access").body()).isEqualTo("{\"write\":false}");
			assertThat(get(context, CONSOLE + "/handlers?text=x").body()).contains("\"handlers\":{\"all\":0");
			assertThat(get(context, CONSOLE + "/threads").body()).contains("\"threads\":{");
			for (String none : List.of("/nothing", "/machines?type=Nobody&state=x", "/", "/../greenroomx")) {
				assertThat(get(context, CONSOLE + none).statusCode()).as(none).isEqualTo(404);
			}
			assertThat(send(context,
					request(context, "local.server.port", CONSOLE).POST(HttpRequest.BodyPublishers.noBody()))
				.statusCode()).isEqualTo(405);
			try (Stream events = new Stream(context, CONSOLE + "/events")) {
				assertThat(events.next().at("/scheduler").asString()).isEqualTo("green");
				assertThat(events.next().at("/at").asLong()).isPositive();
			}
		}
	}

	@Test
	@DisplayName("M13 with a port for management the console answers there only, also below a base path")
	void managementPort() throws Exception {
		try (ConfigurableApplicationContext context = start(Plain.class, ON, EXPOSED, "management.server.port=0",
				"management.server.address=127.0.0.1", "management.server.base-path=/inside",
				"management.endpoints.web.base-path=/ops", "management.endpoints.web.path-mapping.greenroom=green")) {
			for (String path : List.of("/greenroom", "/ops/green/console", "/inside/ops/green/console", CONSOLE)) {
				assertThat(get(context, path).statusCode()).as(path).isEqualTo(404);
			}
			HttpResponse<String> link = send(context,
					request(context, "local.management.port", "/inside/greenroom").GET());
			assertThat(link.statusCode()).isEqualTo(302);
			assertThat(link.headers().firstValue("Location").orElse("")).endsWith("ops/green/console");
			HttpResponse<String> page = send(context,
					request(context, "local.management.port", "/inside/ops/green/console").GET());
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.body()).contains("<title>Greenroom</title>");
		}
	}

	@Test
	@DisplayName("M13 what secures the endpoint secures the console; only the link to it may be outside")
	void secured() throws Exception {
		try (ConfigurableApplicationContext context = start(Secured.class, ON, EXPOSED,
				"management.endpoint.greenroom.access=unrestricted")) {
			for (String path : List.of("", "/events", "/access", "/threads", "/handlers", "/machines", "/nothing")) {
				assertThat(get(context, CONSOLE + path).statusCode()).as(path).isEqualTo(401);
			}
			HttpResponse<String> link = get(context, "/greenroom");
			assertThat(link.statusCode()).isEqualTo(302);
			assertThat(link.body()).isEmpty();
			HttpResponse<String> page = send(context, signedIn(context, CONSOLE).GET());
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.headers().allValues("content-security-policy")).hasSize(1);
			HttpResponse<String> access = send(context, signedIn(context, CONSOLE + "/access").GET());
			JsonNode told = new JsonMapper().readTree(access.body());
			assertThat(told.get("write").asBoolean()).isTrue();
			HttpRequest.Builder resize = signedIn(context, "/actuator/greenroom/nobody")
				.header("Content-Type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString("{\"size\": 3}"));
			assertThat(send(context, resize).statusCode()).as("without the token").isEqualTo(403);
			String session = access.headers().firstValue("Set-Cookie").orElse("").replaceAll(";.*", "");
			resize.header("Cookie", session).header(told.get("header").asString(), told.get("token").asString());
			assertThat(send(context, resize).statusCode()).as("with the token of the page").isEqualTo(400);
		}
	}

	@Test
	@DisplayName("M13 what users named is escaped in every answer")
	void escaped() throws Exception {
		try (ConfigurableApplicationContext context = start(Plain.class, ON, EXPOSED);
				Stream events = new Stream(context, CONSOLE + "/events")) {
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			CountDownLatch leave = new CountDownLatch(1);
			GreenPool pool = scheduler.pool("</script><b>").size(1).build();
			scheduler.spawn("<i>thread", () -> {
				leave.await();
				return 1;
			});
			try {
				Until.until("the pool to be told",
						() -> events.next().at("/pools").toString().contains("</script><b>"));
				assertThat(events.last).doesNotContain("<", ">").contains("\\u003c/script\\u003e\\u003cb\\u003e");
				assertThat(get(context, CONSOLE + "/threads?text=%3Ci").body()).doesNotContain("<")
					.contains("\\u003ci\\u003ethread");
			}
			finally {
				leave.countDown();
				pool.close();
			}
		}
	}

	@Test
	@DisplayName("M13 nothing is computed while nobody watches, so many may watch, and who has left is forgotten")
	void viewers() throws Exception {
		try (ConfigurableApplicationContext context = start(Plain.class, ON, EXPOSED,
				"greenroom.console.interval=100ms")) {
			ConsoleRequestHandler console = context.getBean(ConsoleRequestHandler.class);
			get(context, CONSOLE);
			assertThat(console.isAtWork()).isFalse();
			List<Stream> all = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				all.add(new Stream(context, CONSOLE + "/events"));
				all.getLast().next();
			}
			assertThat(console.isAtWork()).isTrue();
			HttpResponse<String> full = get(context, CONSOLE + "/events");
			assertThat(full.statusCode()).isEqualTo(503);
			assertThat(full.body()).startsWith("20 pages are open");
			assertThat(full.headers().firstValue("Retry-After")).isPresent();
			for (Stream each : all) {
				each.close();
			}
			Until.until("nobody to watch", () -> console.viewers() == 0 && !console.isAtWork());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "x=y", "management.server.port=0" })
	@DisplayName("M13 those who watch don't delay a graceful shutdown")
	void shutdown(String property) throws Exception {
		ConfigurableApplicationContext context = start(Plain.class, ON, EXPOSED, property, "server.shutdown=graceful",
				"spring.lifecycle.timeout-per-shutdown-phase=60s", "greenroom.console.interval=1h");
		try (Stream events = new Stream(context,
				property.startsWith("management") ? "local.management.port" : "local.server.port",
				CONSOLE + "/events")) {
			events.next();
			long start = System.nanoTime();
			context.close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
			assertThat(events.end()).isTrue();
		}
		finally {
			context.close();
		}
	}

	private ConfigurableApplicationContext start(Class<?> application, String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "server.address=127.0.0.1",
				"spring.main.banner-mode=off", "spring.jmx.enabled=false", "logging.level.root=off"));
		all.addAll(Arrays.asList(properties));
		return new SpringApplicationBuilder(application)
			.run(all.stream().map((property) -> "--" + property).toArray(String[]::new));
	}

	private HttpResponse<String> get(ConfigurableApplicationContext context, String path) throws Exception {
		return send(context, request(context, "local.server.port", path).GET());
	}

	private HttpResponse<String> send(ConfigurableApplicationContext context, HttpRequest.Builder request)
			throws Exception {
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest.Builder signedIn(ConfigurableApplicationContext context, String path) {
		String name = Base64.getEncoder().encodeToString("ada:secret".getBytes(StandardCharsets.UTF_8));
		return request(context, "local.server.port", path).header("Authorization", "Basic " + name);
	}

	private static HttpRequest.Builder request(ConfigurableApplicationContext context, String port, String path) {
		return HttpRequest
			.newBuilder(URI.create(
					"http://127.0.0.1:" + Objects.requireNonNull(context.getEnvironment().getProperty(port)) + path))
			.timeout(LIMIT);
	}

	/** Somebody who watches. */
	private static final class Stream implements AutoCloseable {

		private static final int LONGEST = 60_000;

		private final HttpClient client = HttpClient.newHttpClient();

		private final InputStream body;

		private String last = "";

		Stream(ConfigurableApplicationContext context, String path) throws Exception {
			this(context, "local.server.port", path);
		}

		Stream(ConfigurableApplicationContext context, String port, String path) throws Exception {
			HttpResponse<InputStream> answer = this.client.send(request(context, port, path).build(),
					HttpResponse.BodyHandlers.ofInputStream());
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
			assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
			this.body = answer.body();
		}

		JsonNode next() {
			try {
				String line = line();
				assertThat(line).startsWith("data: ").hasSizeLessThan(50_000);
				assertThat(line()).isEmpty();
				this.last = line.substring("data: ".length());
				return new JsonMapper().readTree(this.last);
			}
			catch (java.io.IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
		}

		private @Nullable String line() throws java.io.IOException {
			StringBuilder line = new StringBuilder();
			for (int each = this.body.read(); each >= 0 && line.length() < LONGEST; each = this.body.read()) {
				if (each == '\n') {
					return line.toString();
				}
				line.append((char) each);
			}
			return null;
		}

		/** Reads on to the end. */
		boolean end() {
			try {
				while (this.body.read() >= 0) {
					continue;
				}
			}
			catch (java.io.IOException ex) {
				// An end too.
			}
			return true;
		}

		@Override
		public void close() throws java.io.IOException {
			this.body.close();
			this.client.shutdownNow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration")
	static class Plain {

	}

	/** Everything is open but what is below the endpoints' path. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration")
	@EnableWebSecurity
	static class Secured {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/actuator/**").hasRole("OPS").anyRequest().permitAll())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		static DelegatingFilterProxyRegistrationBean securityFilter() {
			return new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("ada").password("{noop}secret").roles("OPS").build());
		}

	}

}
