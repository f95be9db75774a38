package io.greenroom.web.internal;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenPool;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.RunInPool;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.pool;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

/** Pools that find their size, and routes in pools, over HTTP. */
@Timeout(60)
class PoolSizesIT {

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop" })
	@DisplayName("H10 over HTTP: slow answers shrink the pool to its least size, fast ones in a crowd grow it")
	void adapts(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=6",
				"greenroom.pools.one.limit=aimd", "greenroom.pools.one.min-size=3", "greenroom.pools.one.max-size=7",
				"greenroom.pools.one.target-latency=1ns")) {
			for (int i = 0; i < 10; i++) {
				assertThat(app.get("/ok").statusCode()).isEqualTo(200);
			}
			until(() -> pool(app).size() == 3);
		}
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=3",
				"greenroom.pools.one.limit=aimd", "greenroom.pools.one.min-size=3", "greenroom.pools.one.max-size=7",
				"greenroom.pools.one.target-latency=1m")) {
			GreenPool pool = pool(app);
			Gate gate = app.bean(Gate.class);
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				answers.add(app.getAsync("/gate"));
			}
			until(() -> gate.inside() == 3 && pool.queued() == 9);
			gate.open();
			for (CompletableFuture<HttpResponse<String>> answer : answers) {
				assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			}
			awaitAllBack(app);
			assertThat(pool.size()).isBetween(4, 7);
		}
	}

	@Test
	@DisplayName("H10 A04 a target latency moves no pool whose limit is gradient")
	void gradientHasNoTarget() throws Exception {
		try (RunningApp app = RunningApp.startOn("tomcat inline", App.class, "greenroom.pools.one.size=6",
				"greenroom.pools.one.limit=gradient", "greenroom.pools.one.min-size=3",
				"greenroom.pools.one.max-size=7", "greenroom.pools.one.target-latency=1ns")) {
			for (int i = 0; i < 10; i++) {
				assertThat(app.get("/ok").statusCode()).isEqualTo(200);
			}
			awaitAllBack(app);
			assertThat(pool(app).size()).isEqualTo(6);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H01 H02 a functional route with the filter runs in its pool: bounded, rejected with 503, whole afterwards")
	void routes(String on) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=1",
				"greenroom.pools.one.queue-capacity=1", "greenroom.pools.one.queue-timeout=20s")) {
			GreenPool pool = pool(app);
			Gate gate = app.bean(Gate.class);
			CompletableFuture<HttpResponse<String>> first = app.getAsync("/route");
			until(() -> gate.inside() == 1);
			CompletableFuture<HttpResponse<String>> second = app.getAsync("/route");
			until(() -> pool.queued() == 1);
			HttpResponse<String> rejected = app.get("/route");
			assertThat(rejected.statusCode()).isEqualTo(503);
			assertThat(rejected.headers().firstValue("Retry-After")).hasValue("1");
			assertThat(rejected.body()).contains("\"status\":503");
			gate.letOut(2);
			assertThat(first.get(20, TimeUnit.SECONDS).body()).isEqualTo("routed");
			assertThat(second.get(20, TimeUnit.SECONDS).body()).isEqualTo("routed");
			assertThat(gate.most()).isEqualTo(1);
			assertThat(app.get("/route-fails").statusCode()).isEqualTo(500);
			awaitAllBack(app);
		}
	}

	@Test
	@DisplayName("H01 a waiting request holds a thread of no bounded kind on Jetty either: 300 in line, one at work")
	void manyInLineOnJetty() throws Exception {
		try (RunningApp app = RunningApp.startOn("jetty inline", App.class, "greenroom.pools.one.size=1",
				"greenroom.pools.one.queue-capacity=300", "greenroom.pools.one.queue-timeout=20s")) {
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < 301; i++) {
				answers.add(app.getAsync("/gate"));
			}
			until(() -> pool(app).queued() == 300);
			assertThat(app.get("/gate").statusCode()).isEqualTo(503);
			app.bean(Gate.class).open();
			for (CompletableFuture<HttpResponse<String>> answer : answers) {
				assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class App {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		SlotCounts slotCounts() {
			return new SlotCounts();
		}

		@Bean
		RouterFunction<ServerResponse> routes(PoolFilters pools, Gate gate) {
			return route().GET("/route", (request) -> {
				gate.pass();
				return ServerResponse.ok().body("routed");
			}).GET("/route-fails", (request) -> {
				throw new IllegalStateException("on purpose");
			}).filter(pools.in("one")).build();
		}

	}

	@RestController
	@RunInPool("one")
	static class Endpoints {

		private final Gate gate;

		Endpoints(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

		@GetMapping("/gate")
		String gate() throws InterruptedException {
			this.gate.pass();
			return "gate";
		}

	}

}
