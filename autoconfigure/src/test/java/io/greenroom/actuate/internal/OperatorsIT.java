package io.greenroom.actuate.internal;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
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

/** What an operator may change, and who is kept from it. */
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class OperatorsIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final CountDownLatch leave = new CountDownLatch(1);

	private final List<ConfigurableApplicationContext> open = new ArrayList<>();

	@AfterEach
	void stop() {
		this.leave.countDown();
		this.open.forEach(ConfigurableApplicationContext::close);
	}

	@AfterAll
	static void close() {
		CLIENT.shutdownNow();
	}

	private ConfigurableApplicationContext run(Class<?> application, String... arguments) {
		List<String> all = new ArrayList<>(
				List.of("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
						"--spring.jmx.enabled=false", "--management.endpoints.web.exposure.include=*"));
		all.addAll(List.of(arguments));
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
			.run(all.toArray(String[]::new));
		this.open.add(context);
		return context;
	}

	@ParameterizedTest
	@CsvSource({ "Open, ''", "Open, --management.server.port=0 --management.server.address=127.0.0.1", "Secured, ''" })
	@DisplayName("M08 exposing everything changes nothing: no write operation answers unless the access says so")
	void readOnly(String application, String argument) throws Exception {
		ConfigurableApplicationContext context = argument.isEmpty() ? run(type(application))
				: run(type(application), argument.split(" "));
		String port = port(context);
		context.getBean(Ship.class).sail(this.leave, new LinkedBlockingQueue<>());
		for (String path : List.of("/greenroom/default", "/greenroom/handlers/ship", "/greenroom/machines/Engine",
				"/greenroomdeadletters/x")) {
			HttpResponse<String> answer = post(port, path, "ann", "{\"size\": 3, \"action\": \"interrupt\"}");
			assertThat(answer.statusCode()).as(path).isIn(404, 405);
		}
		for (String path : List.of("/greenroomkeys/ship?key=1", "/greenroomdeadletters/x")) {
			HttpRequest delete = request(port, path, "ann").DELETE().build();
			assertThat(CLIENT.send(delete, HttpResponse.BodyHandlers.ofString()).statusCode()).as(path).isIn(404, 405);
		}
		assertThat(context.getBean(GreenroomEndpoint.class).dump(0).handlers().getFirst().running()).hasSize(1);
		if (!argument.isEmpty()) {
			String own = Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"));
			assertThat(get(own, "/greenroom", "ann").statusCode()).isEqualTo(404);
		}
	}

	@Test
	@DisplayName("M08 where Security is, nobody unknown reads or writes, and the log says who has interrupted a body")
	void interrupts(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext context = run(Secured.class,
				"--management.endpoint.greenroom.access=unrestricted");
		String port = port(context);
		BlockingQueue<String> said = new LinkedBlockingQueue<>();
		context.getBean(Ship.class).sail(this.leave, said);
		assertThat(said.poll(30, TimeUnit.SECONDS)).isEqualTo("sails");
		String path = "/greenroom/handlers/ship";
		String body = "{\"action\": \"interrupt\"}";
		assertThat(post(port, path, null, body).statusCode()).isEqualTo(401);
		assertThat(post(port, path, "mallory", body).statusCode()).isEqualTo(401);
		assertThat(get(port, "/greenroom", null).statusCode()).isEqualTo(401);
		assertThat(said).isEmpty();
		HttpResponse<String> done = post(port, path, "ann", body);
		assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
		assertThat(done.body()).contains("interrupted sail of handler 'ship'");
		assertThat(said.poll(30, TimeUnit.SECONDS)).isEqualTo("interrupted");
		assertThat(output).contains("An operator ('ann') interrupted sail of handler 'ship'");
		Until.until("the body to be over",
				() -> context.getBean(GreenroomEndpoint.class).dump(0).handlers().getFirst().running().isEmpty());
		HttpResponse<String> late = post(port, path, "ann", body);
		assertThat(late.statusCode()).isEqualTo(400);
		assertThat(late.body()).isEqualTo("Handler 'ship' runs no body; there are bodies on []");
		assertThat(post(port, "/greenroom/handlers/nobody", "ann", body).statusCode()).isEqualTo(400);
		assertThat(post(port, path, "ann", "{\"action\": \"sink\"}").statusCode()).isEqualTo(400);
		assertThat(post(port, path, "ann", "{}").statusCode()).isEqualTo(400);
	}

	@Test
	@DisplayName("M08 a failed machine is restarted, a running one is stopped, and each is logged; others are left alone")
	void machines(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext context = run(Open.class, "--management.endpoint.greenroom.access=unrestricted");
		String port = port(context);
		StateMachines machines = context.getBean(StateMachines.class);
		Engine engine = machines.create(Engine.class);
		Engine other = machines.create(Engine.class);
		StateMachine machine = machines.of(engine);
		engine.runs();
		other.runs();
		Until.until("the machine to fail", () -> machine.status() == StateMachine.Status.FAILED);
		Until.until("the other to fail", () -> machines.of(other).status() == StateMachine.Status.FAILED);
		Engine.IS_WELL.set(true);
		String name = ", \"machine\": \"" + machine.name() + "\"}";
		assertThat(post(port, "/greenroom/machines/Engine", null, "{\"action\": \"restart\"}").statusCode())
			.isEqualTo(400);
		assertThat(post(port, "/greenroom/machines/Engine", null, "{\"action\": \"stop\"" + name).statusCode())
			.isEqualTo(400);
		HttpResponse<String> done = post(port, "/greenroom/machines/Engine", null, "{\"action\": \"restart\"" + name);
		assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
		assertThat(machine.awaitRest(LIMIT)).isTrue();
		assertThat(machine.current()).isEqualTo("runs");
		assertThat(machines.of(other).status()).isEqualTo(StateMachine.Status.FAILED);
		assertThat(post(port, "/greenroom/machines/Engine", null, "{\"action\": \"restart\"" + name).statusCode())
			.isEqualTo(400);
		assertThat(post(port, "/greenroom/machines/Engine", null, "{\"action\": \"stop\"" + name).statusCode())
			.isEqualTo(200);
		assertThat(machine.join(LIMIT)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		assertThat(output).contains("An operator (unknown) restarted " + machine.name() + " in 'runs'",
				"An operator (unknown) stopped " + machine.name());
	}

	@ParameterizedTest
	@CsvSource({ "'', false", "--greenroom.show-arguments=false, false", "--greenroom.show-arguments=true, true" })
	@DisplayName("M08 arguments are shown where greenroom.show-arguments says so, and never otherwise")
	void arguments(String setting, boolean shown) throws Exception {
		ConfigurableApplicationContext context = setting.isEmpty() ? run(Open.class) : run(Open.class, setting);
		BlockingQueue<String> said = new LinkedBlockingQueue<>();
		context.getBean(Ship.class).carry("the crown jewels", this.leave, said);
		assertThat(said.poll(30, TimeUnit.SECONDS)).isEqualTo("carries");
		for (String type : List.of("application/json", "text/plain")) {
			HttpRequest ask = request(port(context), "/greenroom?frames=100", null).header("Accept", type).build();
			String answer = CLIENT.send(ask, HttpResponse.BodyHandlers.ofString()).body();
			assertThat(answer).contains("carry");
			assertThat(answer.contains("the crown jewels")).as(answer).isEqualTo(shown);
		}
		String part = get(port(context), "/greenroom/handlers/ship", null).body();
		assertThat(part.contains("the crown jewels")).isEqualTo(shown);
	}

	private static Class<?> type(String name) {
		return name.equals("Open") ? Open.class : Secured.class;
	}

	private static HttpResponse<String> get(String port, String path, String user) throws Exception {
		return CLIENT.send(request(port, path, user).build(), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpResponse<String> post(String port, String path, String user, String body) throws Exception {
		return CLIENT.send(request(port, path, user).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest.Builder request(String port, String path, String user) {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator" + path))
			.timeout(LIMIT);
		if (user != null) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8)));
		}
		return request;
	}

	private static String port(ConfigurableApplicationContext context) {
		String management = context.getEnvironment().getProperty("local.management.port");
		return (management != null) ? management
				: Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration")
	static class Open {

		@Bean
		Ship ship() {
			return new Ship();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	static class Secured extends Open {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(User.withUsername("ann").password("{noop}secret").build());
		}

	}

	@DeferredHandler
	static class Ship {

		@Oneway
		void sail(CountDownLatch leave, BlockingQueue<String> said) {
			stay("sails", leave, said);
		}

		@Oneway
		void carry(String freight, CountDownLatch leave, BlockingQueue<String> said) {
			stay("carries", leave, said);
		}

		private static void stay(String what, CountDownLatch leave, BlockingQueue<String> said) {
			said.add(what);
			try {
				leave.await();
			}
			catch (InterruptedException ex) {
				said.add("interrupted");
			}
		}

	}

	static class Engine {

		private static final AtomicBoolean IS_WELL = new AtomicBoolean();

		@State(initial = true, transitionsTo = "rests")
		void runs() {
			if (!IS_WELL.get()) {
				throw new IllegalStateException("no oil");
			}
		}

		@State(transitionsTo = "runs")
		void rests() {
		}

	}

}
