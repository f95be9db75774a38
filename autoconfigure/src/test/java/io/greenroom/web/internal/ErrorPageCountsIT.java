package io.greenroom.web.internal;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often a request that ends in the error page is observed, with a hop and as a
 * {@code Callable} without Greenroom. Tomcat tells the listeners of an asynchronous
 * request whose dispatch back sends an error twice that it is complete: when the dispatch
 * is over, and when the error page is. A request that fails right after such a one, on
 * the same connection, is now and then not observed at all.
 */
@Timeout(120)
class ErrorPageCountsIT {

	private static final int REQUESTS = 400;

	private static final int AT_ONCE = 16;

	@ParameterizedTest(name = "{displayName} [{0}, {1}]")
	@CsvSource({ "tomcat hop,true,/throws", "jetty hop,true,/throws", "tomcat hop,true,/throws-error",
			"jetty hop,true,/throws-error", "tomcat hop,false,/callable-throws", "jetty hop,false,/callable-throws",
			"jetty hop,true,/status", "jetty hop,false,/callable-status" })
	@DisplayName("H03 a request that ends in the error page is observed once")
	void isObservedOnce(String on, boolean enabled, String path) throws Exception {
		assertThat(counts(on, enabled, path)).containsOnlyKeys(1);
	}

	/** If this fails, Tomcat has mended it, and the README may say so. */
	@ParameterizedTest(name = "{displayName} [enabled: {0}, {1}]")
	@CsvSource({ "true,/status", "false,/callable-status" })
	@DisplayName("H03 on Tomcat an error that is sent after a hop is observed as that of a Callable without the pool is: many of them twice")
	void isObservedAsOfACallable(boolean enabled, String path) throws Exception {
		assertThat(counts("tomcat hop", enabled, path)).containsKey(2);
	}

	/** How many requests were observed so often. */
	private static Map<Integer, Integer> counts(String on, boolean enabled, String path) throws Exception {
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.web.enabled=" + enabled)) {
			for (int i = 0; i < REQUESTS; i += AT_ONCE) {
				List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
				for (int j = 0; j < AT_ONCE; j++) {
					asked.add(app.getAsync(path + "?" + (i + j)));
				}
				for (CompletableFuture<HttpResponse<String>> one : asked) {
					assertThat(one.get(20, TimeUnit.SECONDS).statusCode()).isGreaterThanOrEqualTo(400);
				}
			}
			Counts counts = app.bean(Counts.class);
			until(() -> counts.stops.size() == REQUESTS);
			app.shutDown();
			Map<Integer, Integer> often = new TreeMap<>();
			counts.stops.values().forEach((stops) -> often.merge(stops.get(), 1, Integer::sum));
			return often;
		}
	}

	/** By the number that the request was asked with. */
	static class Counts implements ObservationHandler<ServerRequestObservationContext> {

		private final Map<String, AtomicInteger> stops = new ConcurrentHashMap<>();

		@Override
		public void onStart(ServerRequestObservationContext context) {
			context.put("number", String.valueOf(context.getCarrier().getQueryString()));
		}

		@Override
		public void onStop(ServerRequestObservationContext context) {
			String number = Objects.requireNonNull(context.get("number"));
			this.stops.computeIfAbsent(number, (_) -> new AtomicInteger()).incrementAndGet();
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof ServerRequestObservationContext;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class App {

		@Bean
		Counts counts() {
			return new Counts();
		}

	}

	@RestController
	static class Endpoints {

		@GetMapping("/callable-throws")
		Callable<String> callableThrows() {
			return this::fails;
		}

		@GetMapping("/callable-status")
		Callable<String> callableStatus() {
			return this::status;
		}

		@GetMapping("/throws")
		String fails() throws IOException {
			throw new IOException("on purpose");
		}

		@GetMapping("/throws-error")
		String error() {
			throw new AssertionError("on purpose");
		}

		@GetMapping("/status")
		String status() {
			throw new ResponseStatusException(HttpStatus.CONFLICT);
		}

	}

}
