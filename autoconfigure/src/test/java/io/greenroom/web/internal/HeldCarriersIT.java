package io.greenroom.web.internal;

import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jdk.management.VirtualThreadSchedulerMXBean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/** The first requests of a server whose virtual threads hold all carriers. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class HeldCarriersIT {

	private static final VirtualThreadSchedulerMXBean CARRIERS = ManagementFactory
		.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

	@Test
	@DisplayName("M12 a server goes on when requests hold all carriers, as they do while classes are loaded, and wait for another request")
	void firstRequests(CapturedOutput output) throws Exception {
		int usual = CARRIERS.getParallelism();
		try (RunningApp app = RunningApp.startOn("tomcat inline", App.class)) {
			assertThat(app.get("/ready").statusCode()).isEqualTo(200);
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < usual + 4; i++) {
				answers.add(app.getAsync("/first"));
			}
			until(() -> CARRIERS.getQueuedVirtualThreadCount() > 0);
			answers.add(app.getAsync("/open"));
			for (CompletableFuture<HttpResponse<String>> answer : answers) {
				assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			}
			until(() -> output.getOut().contains("No virtual thread could begin for PT"));
		}
		finally {
			Gate.OPEN.countDown();
		}
		until(() -> CARRIERS.getParallelism() == usual);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoint.class)
	static class App {

	}

	@RestController
	static class Endpoint {

		@GetMapping("/ready")
		String ready() {
			return "ready";
		}

		@GetMapping("/first")
		String first() {
			return Heavy.NAME;
		}

		@GetMapping("/open")
		String open() {
			Gate.OPEN.countDown();
			return "open";
		}

	}

	/** What a class initializer waits for: it takes no argument. */
	private static final class Gate {

		static final CountDownLatch OPEN = new CountDownLatch(1);

	}

	/** Holds the carriers of all that touch it: the first runs this, the others wait. */
	private static final class Heavy {

		static final String NAME;

		static {
			try {
				Gate.OPEN.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			NAME = "heavy";
		}

	}

}
