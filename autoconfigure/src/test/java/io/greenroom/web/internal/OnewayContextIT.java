package io.greenroom.web.internal;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;

import static org.assertj.core.api.Assertions.assertThat;

/** Oneway calls that a server's request leaves behind. */
@Timeout(60)
class OnewayContextIT {

	@Test
	@DisplayName("D29 the body of a oneway never reaches its request, which serves somebody else by then (200 rounds)")
	void bodiesOutliveTheirRequests() throws Exception {
		try (RunningApp app = RunningApp.start(Theatre.class)) {
			for (int round = 0; round < 200; round++) {
				assertThat(app.get("/leave", "Accept-Language", "da").body()).isEqualTo("left by da");
				// The same connection, so in Tomcat the same request object.
				assertThat(app.get("/come", "Accept-Language", "fr").body()).isEqualTo("da, no request");
			}
		}
	}

	/** An application with a handler. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Door.class, Porter.class })
	static class Theatre {

	}

	/** Carries things after the visitors have left. */
	@DeferredHandler
	static class Porter {

		@Oneway
		void carry(CountDownLatch over, BlockingQueue<String> seen) throws InterruptedException {
			over.await();
			seen.add(LocaleContextHolder.getLocale() + ", "
					+ ((RequestContextHolder.getRequestAttributes() != null) ? "a request" : "no request"));
		}

	}

	/** Where requests come in. */
	@RestController
	static class Door {

		private final Porter porter;

		private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

		private volatile CountDownLatch over = new CountDownLatch(0);

		Door(Porter porter) {
			this.porter = porter;
		}

		@GetMapping("/leave")
		String leave() throws InterruptedException {
			this.over = new CountDownLatch(1);
			this.porter.carry(this.over, this.seen);
			return "left by " + LocaleContextHolder.getLocale();
		}

		@GetMapping("/come")
		String come() throws InterruptedException {
			this.over.countDown();
			return this.seen.poll(10, TimeUnit.SECONDS);
		}

	}

}
