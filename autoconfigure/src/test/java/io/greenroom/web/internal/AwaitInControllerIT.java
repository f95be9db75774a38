package io.greenroom.web.internal;

import java.util.concurrent.CompletableFuture;

import io.greenroom.green.GreenScheduler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;

/** Straight-line waiting in a controller. */
@Timeout(60)
class AwaitInControllerIT {

	@ParameterizedTest(name = "P25 await in a controller: {0}")
	@DisplayName("P25 await in a controller works in every mode: value and very failure")
	@ValueSource(strings = { "greenroom.web.mode=auto", "greenroom.web.server-threads=platform",
			"greenroom.web.mode=hop", "greenroom.web.enabled=false" })
	void everyMode(String mode) throws Exception {
		try (RunningApp app = RunningApp.start(App.class, mode)) {
			assertThat(app.get("/awaits").body()).isEqualTo("value, then the very failure");
			MockMvcTester mvc = MockMvcTester
				.from((WebApplicationContext) app.bean(DispatcherServlet.class).getWebApplicationContext());
			assertThat(mvc.get().uri("/awaits")).hasBodyTextEqualTo("value, then the very failure");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Awaits.class)
	static class App {

	}

	@RestController
	static class Awaits {

		private final GreenScheduler scheduler;

		Awaits(GreenScheduler scheduler) {
			this.scheduler = scheduler;
		}

		@GetMapping("/awaits")
		String awaits() throws InterruptedException {
			CompletableFuture<String> value = new CompletableFuture<>();
			this.scheduler.spawn(() -> value.complete("value"));
			String first = this.scheduler.await(value);
			IllegalStateException failure = new IllegalStateException();
			CompletableFuture<String> failing = new CompletableFuture<>();
			this.scheduler.spawn(() -> failing.completeExceptionally(failure));
			try {
				return this.scheduler.await(failing);
			}
			catch (IllegalStateException ex) {
				return first + ", then the " + ((ex == failure) ? "very" : "wrong") + " failure";
			}
		}

	}

}
