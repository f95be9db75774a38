package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.Mockito;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * What a user's {@link WebMvcTest} finds of the handlers and machines that it imports.
 */
@Timeout(120)
class SlicesTests {

	/** What the user has written, whatever the settings. */
	abstract static class TheirTests {

		@Autowired
		Till till;

		@Autowired
		Lamp lamp;

		@Autowired
		StateMachines machines;

		@Autowired
		MockMvcTester mvc;

		@Test
		@DisplayName("F18 a handler that a slice imports has its mailbox")
		void handler() throws Exception {
			int before = this.till.sales();
			Callable<Integer> guest = () -> {
				for (int i = 0; i < 500; i++) {
					this.till.sell();
				}
				return 500;
			};
			try (var threads = Executors.newFixedThreadPool(4)) {
				threads.invokeAll(IntStream.range(0, 4).mapToObj((i) -> guest).toList()).forEach(Future::resultNow);
			}
			assertThat(this.till.sales()).isEqualTo(before + 2000);
			assertThat(this.mvc.get().uri("/sales")).hasStatusOk().bodyText().isEqualTo("" + (before + 2000));
		}

		@Test
		@DisplayName("F18 a machine that a slice imports is one")
		void machine() throws Exception {
			StateMachine machine = this.machines.of(this.lamp);
			this.lamp.off();
			this.lamp.on();
			machine.awaitState("on", Duration.ofSeconds(30));
			assertThat(this.mvc.get().uri("/dark")).hasStatusOk();
			machine.awaitState("off", Duration.ofSeconds(30));
			assertThat(machine.current()).isEqualTo("off");
		}

	}

	@Nested
	@WebMvcTest(Counter.class)
	class Plain extends TheirTests {

		@Configuration(proxyBeanMethods = false)
		@EnableAutoConfiguration
		@Import({ Counter.class, Till.class, Lamp.class })
		static class Application {

		}

	}

	@Nested
	@WebMvcTest(Counter.class)
	@TestPropertySource(properties = { "spring.main.lazy-initialization=true",
			"greenroom.pools.default.size=datasource", "greenroom.pools.reports.size=datasource",
			"greenroom.pools.reports.queue-timeout=5s", "greenroom.pools.reports.limit=aimd",
			"greenroom.deferred.strict=true", "greenroom.deferred.in-transaction=fail",
			"greenroom.deferred.overflow=reject", "greenroom.web.server-threads=platform", "greenroom.web.mode=hop" })
	class LazyWithWhatIsRecommended extends TheirTests {

		@Configuration(proxyBeanMethods = false)
		@EnableAutoConfiguration
		@Import({ Counter.class, Till.class, Lamp.class })
		static class Application {

		}

	}

	@Nested
	@WebMvcTest(Counter.class)
	class Stubbed {

		@MockitoBean
		Till till;

		@MockitoBean
		Lamp lamp;

		@Autowired
		MockMvcTester mvc;

		@Test
		@DisplayName("F18 U08 a handler and a machine can be stubbed with @MockitoBean, and the handle leads to the stub")
		void stubs() {
			given(this.till.sales()).willReturn(7);
			assertThat(this.mvc.get().uri("/sales")).bodyText().isEqualTo("7");
			assertThat(this.mvc.get().uri("/sales/handle")).bodyText().isEqualTo("7");
			assertThat(this.mvc.get().uri("/dark")).hasStatusOk();
			verify(this.lamp).off();
		}

		@Configuration(proxyBeanMethods = false)
		@EnableAutoConfiguration
		@Import(Counter.class)
		static class Application {

		}

	}

	@Nested
	@WebMvcTest(Counter.class)
	class Spied {

		@MockitoSpyBean
		Till till;

		@MockitoBean
		Deferred<Till> handle;

		@MockitoBean
		Lamp lamp;

		@MockitoBean
		StateMachines machines;

		@Autowired
		MockMvcTester mvc;

		@Test
		@DisplayName("F18 U08 a handler can be spied on, and a handle and the machines be stubs")
		void spies() {
			Till stub = mock(Till.class);
			given(stub.sales()).willReturn(9);
			given(this.handle.sync()).willReturn(stub);
			int before = this.till.sales();
			this.till.sell();
			assertThat(this.mvc.get().uri("/sales")).bodyText().isEqualTo("" + (before + 1));
			assertThat(this.mvc.get().uri("/sales/handle")).bodyText().isEqualTo("9");
			given(this.machines.of(any())).willReturn(mock(StateMachine.class));
			assertThat(this.machines.of(this.lamp).current()).isNull();
			assertThat(Mockito.mockingDetails(this.machines).isMock()).isTrue();
		}

		@Configuration(proxyBeanMethods = false)
		@EnableAutoConfiguration
		@Import({ Counter.class, Till.class })
		static class Application {

		}

	}

	@RestController
	static class Counter {

		private final Till till;

		private final ObjectProvider<Deferred<Till>> handle;

		private final Lamp lamp;

		Counter(Till till, ObjectProvider<Deferred<Till>> handle, Lamp lamp) {
			this.till = till;
			this.handle = handle;
			this.lamp = lamp;
		}

		@GetMapping("/sales")
		int sales() {
			return this.till.sales();
		}

		@GetMapping("/sales/handle")
		int salesByTheHandle() {
			return this.handle.getObject().sync().sales();
		}

		@GetMapping("/dark")
		void dark() {
			this.lamp.off();
		}

	}

	/** Loses sales where two threads are in it at once. */
	@DeferredHandler
	static class Till {

		private int sales;

		int sell() {
			int before = this.sales;
			Thread.yield();
			this.sales = before + 1;
			return this.sales;
		}

		int sales() {
			return this.sales;
		}

	}

	static class Lamp {

		@State(initial = true, transitionsTo = "on")
		void off() {
		}

		@State(transitionsTo = "off")
		void on() {
		}

	}

}
