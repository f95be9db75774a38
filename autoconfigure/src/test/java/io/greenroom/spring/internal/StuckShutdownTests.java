package io.greenroom.spring.internal;

import java.time.Duration;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.testkit.BootProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** An application that is asked to end while a handler is stuck for good. */
@Timeout(180)
class StuckShutdownTests {

	private static final Duration PHASE = Duration.ofSeconds(4);

	@Test
	@DisplayName("M14 the start says how many handlers there are; SIGTERM with a stuck handler ends close to the phase's time, and the log names the handler")
	void endsAndNames() {
		try (BootProcess process = new BootProcess(Application.class)) {
			process.await("stuck");
			assertThat(process.output()).contains("Handlers without a key: 2, 1 with a loop");
			long start = System.nanoTime();
			process.end();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(1),
					PHASE.multipliedBy(3));
			assertThat(process.output())
				.contains("Scheduler 'green' shut down.", "1 were left after PT4S", "stuck: [handler-stubborn")
				.containsPattern("their callers told: \\{stubborn\\.stay[^,}]*=1\\}");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		public static void main(String[] args) {
			new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties("spring.lifecycle.timeout-per-shutdown-phase=" + PHASE.toSeconds() + "s",
						"spring.main.banner-mode=off", "spring.jmx.enabled=false")
				.run(args)
				.getBean(Stubborn.class)
				.stay();
		}

		@Bean
		Stubborn stubborn() {
			return new Stubborn();
		}

		@Bean
		Looped looped() {
			return new Looped();
		}

	}

	@DeferredHandler
	static class Stubborn {

		@Oneway
		void stay() {
			BootProcess.stayAt("stuck");
		}

	}

	@DeferredHandler
	static class Looped {

		@ProcessingLoop
		void run(DeferredCalls calls) {
			while (!calls.isClosing()) {
				calls.processForever();
			}
		}

		int answer() {
			return 1;
		}

	}

}
