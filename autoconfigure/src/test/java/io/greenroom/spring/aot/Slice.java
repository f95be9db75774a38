package io.greenroom.spring.aot;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.state.State;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A slice with all that Greenroom recommends, which a build may process beforehand. */
@WebMvcTest(Slice.Counter.class)
@TestPropertySource(properties = { "greenroom.pools.default.size=datasource", "greenroom.deferred.strict=true" })
class Slice {

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Counter.class, Clerk.class, Lamp.class })
	static class Application {

	}

	@RestController
	static class Counter {

		private final Clerk clerk;

		private final Lamp lamp;

		Counter(Clerk clerk, Lamp lamp) {
			this.clerk = clerk;
			this.lamp = lamp;
		}

		@GetMapping("/served")
		String serve() {
			this.lamp.lit();
			return this.clerk.serve();
		}

	}

	@DeferredHandler
	static class Clerk {

		private int served;

		String serve() {
			this.served++;
			return this.served + (Thread.holdsLock(this) ? " locked" : " served");
		}

	}

	static class Lamp {

		@State(initial = true)
		void lit() {
		}

	}

}
