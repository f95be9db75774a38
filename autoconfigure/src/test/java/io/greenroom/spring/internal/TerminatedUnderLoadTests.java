package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Oneway;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** An application that is asked to end by a signal while many call. */
@Timeout(900)
class TerminatedUnderLoadTests {

	/** How many applications; {@code -Dgreenroom.sigterm=20} for the long form. */
	private static final int TIMES = Integer.getInteger("greenroom.sigterm", 2);

	private static final Pattern LINE = Pattern
		.compile("Of (\\d+) accepted calls (\\d+) ran, (\\d+) were withdrawn, (\\d+) were left after");

	private static final Pattern COUNTS = Pattern.compile("counted: (\\d+) accepted, (\\d+) ran, (\\d+) unanswered");

	@Test
	@DisplayName("D31 SIGTERM under load: what was accepted has run, each caller has an answer, and the log's numbers add up")
	void acceptedRuns() {
		for (int i = 0; i < TIMES; i++) {
			try (BootProcess process = new BootProcess(Application.class)) {
				process.await("under load");
				process.end();
				String output = process.output();
				Matcher counted = COUNTS.matcher(output);
				assertThat(counted.find()).as(output).isTrue();
				assertThat(counted.group(2)).as(output).isEqualTo(counted.group(1));
				assertThat(counted.group(3)).as(output).isEqualTo("0");
				Matcher told = LINE.matcher(output);
				if (told.find()) {
					// There is no such line if nothing was queued at that moment.
					assertThat(told.group(2)).as(output).isEqualTo(told.group(1));
					assertThat(told.group(4)).as(output).isEqualTo("0");
				}
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private static final int CLIENTS = 8;

		private static final int WARM = 20_000;

		public static void main(String[] args) throws InterruptedException {
			AtomicInteger accepted = new AtomicInteger();
			Front front = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties("spring.main.banner-mode=off", "spring.jmx.enabled=false")
				.run(args)
				.getBean(Front.class);
			List<Thread> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(Thread.ofVirtual().start(() -> call(front, accepted)));
			}
			SpringApplication.getShutdownHandlers().add(() -> {
				long unanswered = clients.stream().filter((client) -> !ends(client)).count();
				System.out.println("counted: %d accepted, %d ran, %d unanswered".formatted(accepted.get(),
						Front.ran.get(), unanswered));
			});
			Until.until("the load", () -> Front.ran.get() > WARM);
			BootProcess.stayAt("under load");
		}

		private static boolean ends(Thread client) {
			try {
				return client.join(Duration.ofSeconds(20));
			}
			catch (InterruptedException ex) {
				return false;
			}
		}

		/** A call that throws was not accepted. */
		private static void call(Front front, AtomicInteger accepted) {
			try {
				for (int i = 0; true; i++) {
					if (i % 10 == 0) {
						front.answer();
					}
					else {
						front.note();
					}
					accepted.incrementAndGet();
				}
			}
			catch (HandlerStoppedException end) {
				// It is over.
			}
		}

		@Bean
		Front front() {
			return new Front();
		}

	}

	@DeferredHandler(capacity = 500)
	static class Front {

		static final AtomicInteger ran = new AtomicInteger();

		@Oneway
		void note() {
			ran.incrementAndGet();
		}

		int answer() {
			return ran.incrementAndGet();
		}

	}

}
