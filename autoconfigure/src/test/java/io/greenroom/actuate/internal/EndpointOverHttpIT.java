package io.greenroom.actuate.internal;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** The endpoint as an operator asks it, on a port of its own. */
@Timeout(120)
class EndpointOverHttpIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static final CountDownLatch LEAVE = new CountDownLatch(1);

	private static ConfigurableApplicationContext context;

	/** Kept, as the pool is, so that neither is gone. */
	private static Lamp lamp;

	private static GreenPool kitchen;

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).run("--server.port=0", "--management.server.port=0",
				"--server.address=127.0.0.1", "--management.server.address=127.0.0.1", "--spring.main.banner-mode=off",
				"--spring.jmx.enabled=false", "--management.endpoints.web.exposure.include=greenroom");
		kitchen = context.getBean(GreenScheduler.class).pool("kitchen").size(1).build();
		context.getBean(GreenScheduler.class).spawn("singer", () -> {
			LEAVE.await();
			return 0;
		});
		context.getBean(Stock.class).count();
		lamp = context.getBean(StateMachines.class).create(Lamp.class);
		lamp.dark();
		Until.until("the lamp to be dark", () -> "dark".equals(machine().current()));
		lamp.lit();
		Until.until("the lamp to be lit", () -> "lit".equals(machine().current()));
	}

	private static StateMachine machine() {
		return context.getBean(StateMachines.class).of(lamp);
	}

	@AfterAll
	static void stop() {
		LEAVE.countDown();
		CLIENT.shutdownNow();
		kitchen.close();
		context.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			textBlock = """
					''                                                    ; "problems":
					?frames=2&limit=5&offset=0                            ; "problemCounts":
					?handler=stock                     ; "name":"stock"
					/problems                                             ; [
					/threads?frames=1                                     ; "name":"singer
					/handlers                                             ; "name":"stock"
					/handlers/stock                    ; "name":"stock"
					/pools                                                ; "name":"kitchen"
					/pools/kitchen                                        ; "size":1
					/machines?state=lit                                   ; "count":1
					/machines/EndpointOverHttpIT$Lamp?state=lit           ; "state":"lit"
					/machines/Lamp                                        ; "state":"lit"
					/machines/Lamp/diagram                                ; {"name":"lit","initial":false,"end":false,"count":1}
					/machines/Lamp/diagram                                ; {"from":"dark","to":"lit","onTimeout":false,"count":1}
					""")
	@DisplayName("M04 every part of the dump has a path, and answers JSON to those who ask for nothing else")
	void parts(String path, String found) throws Exception {
		HttpResponse<String> answer = get(path);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type").orElse("")).contains("json");
		assertThat(answer.body()).contains(found);
		assertThat(get(path, "Accept", "application/json").body()).contains(found);
	}

	@Test
	@DisplayName("M04 the dump is text to those who ask for text")
	void text() throws Exception {
		HttpResponse<String> answer = get("?frames=0", "Accept", "text/plain");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).startsWith("Problems: none\n").contains("kitchen: 0 of 1 at work");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			*/*                                  | diagram.svg | image/svg+xml
			image/svg+xml                        | diagram.svg | image/svg+xml
			text/html,image/avif,*/*;q=0.8       | diagram.svg | image/svg+xml
			*/*                                  | diagram.mmd | text/plain
			text/plain                           | diagram.mmd | text/plain
			""")
	@DisplayName("S23 the states of a class are drawn with how many machines are in each, as a picture for light and dark pages and as Mermaid")
	void diagrams(String accept, String form, String type) throws Exception {
		HttpResponse<String> answer = get("/machines/Lamp/" + form, "Accept", accept);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
		if (type.startsWith("image")) {
			assertThat(answer.body()).startsWith("<svg ")
				.contains(">lit (1)<", ">dark<", ">1\u00d7<", "prefers-color-scheme: dark", "class=\"state busy\"");
		}
		else {
			assertThat(answer.body()).startsWith("stateDiagram-v2\n")
				.contains("state \"lit (1)\" as _1", "dark --> _1 : 1\u00d7");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			?frames=101 | "'frames' is 101; give a number from 0 to 100"
			?frames=-1 | "'frames' is -1; give a number from 0 to 100"
			?limit=0 | "'limit' is 0; give a number from 1 to 1000"
			?limit=1001 | "'limit' is 1001; give a number from 1 to 1000"
			?offset=-1 | "'offset' is -1; give a number from 0 to 2147483647"
			/handlers?limit=1001 | "'limit' is 1001; give a number from 1 to 1000"
			/handlers/nobody?frames=101 | "'frames' is 101; give a number from 0 to 100"
			/pools/kitchen?limit=1001 | "'limit' is 1001; give a number from 1 to 1000"
			/nothing?limit=1001 | "'limit' is 1001; give a number from 1 to 1000"
			""")
	@DisplayName("M07 a number out of its bounds is a 400 that says the bounds")
	void outOfBounds(String query, String reason) throws Exception {
		for (String type : new String[] { "application/json", "text/plain" }) {
			if (query.startsWith("?") || type.endsWith("json")) {
				HttpResponse<String> answer = get(query, "Accept", type);
				assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
				assertThat(answer.body()).isEqualTo(reason);
			}
		}
		assertThat(get(query).body()).isEqualTo(reason);
	}

	@Test
	@DisplayName("M07 what is no number is a 400")
	void noNumber() throws Exception {
		assertThat(get("?limit=many").statusCode()).isEqualTo(400);
		assertThat(get("/threads?frames=99999999999").statusCode()).isEqualTo(400);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nothing", "/handlers/nobody", "/pools/nobody", "/machines/Nobody", "/problems/first",
			"/threads/main", "/machines/Nobody/diagram", "/machines/Lamp/diagram.png", "/handlers/x/diagram",
			"/machines/Lamp/diagram.svg/more", "/handlers/%2e%2e", "/machines/%3Cscript%3E" })
	@DisplayName("M04 a name that nothing has is a 404")
	void unknown(String path) throws Exception {
		HttpResponse<String> answer = get(path);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
		assertThat(answer.body()).doesNotContain("<script>");
	}

	@Test
	@DisplayName("H17 nothing is changed unless the access says so, and the port of the application knows no endpoint")
	void closed() throws Exception {
		HttpRequest resize = request(url(port("local.management.port"), "/kitchen"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"size\": 3}"))
			.build();
		assertThat(CLIENT.send(resize, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
		assertThat(get("/pools/kitchen").body()).contains("\"size\":1");
		HttpRequest elsewhere = request(url(port("local.server.port"), "")).build();
		assertThat(CLIENT.send(elsewhere, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(404);
	}

	private static HttpResponse<String> get(String path, String... headers) throws Exception {
		HttpRequest.Builder request = request(url(port("local.management.port"), path));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest.Builder request(URI url) {
		return HttpRequest.newBuilder(url).timeout(LIMIT);
	}

	private static URI url(String port, String path) {
		return URI.create("http://127.0.0.1:" + port + "/actuator/greenroom" + path);
	}

	private static String port(String name) {
		return Objects.requireNonNull(context.getEnvironment().getProperty(name));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration")
	static class Application {

		@Bean
		Stock stock() {
			return new Stock();
		}

	}

	@DeferredHandler
	static class Stock {

		int count() {
			return 3;
		}

	}

	static class Lamp {

		@State(initial = true, transitionsTo = "lit")
		void dark() {
		}

		@State(transitionsTo = "dark")
		void lit() {
		}

	}

}
