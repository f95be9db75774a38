package io.greenroom.web.internal;

import java.util.Objects;
import java.util.concurrent.Callable;

import io.greenroom.web.RunInPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.request;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * A plain application with tests of its own, which know nothing of Greenroom: they pass
 * with it off, on, in each mode, and in a slice.
 */
class ExistingApplicationTests {

	/** What the application's authors have written. */
	abstract static class TheirTests {

		/** As a transaction of the test would be. */
		private static final ThreadLocal<@Nullable String> BOUND = new ThreadLocal<>();

		@Autowired
		private MockMvc mvc;

		@Autowired
		private MockMvcTester tester;

		@Autowired
		private ApplicationContext context;

		@Test
		@DisplayName("H04 an existing MockMvc test passes unchanged")
		void mockMvc() throws Exception {
			this.mvc.perform(get("/greet/Ada")).andExpect(status().isOk()).andExpect(content().string("Hello Ada"));
			this.mvc.perform(get("/greet/nobody")).andExpect(status().isNotFound()).andExpect(content().string("who?"));
			this.mvc.perform(get("/greet/Ada")).andExpect(request().asyncNotStarted());
		}

		@Test
		@DisplayName("H04 an existing MockMvcTester test passes unchanged")
		void mockMvcTester() {
			assertThat(this.tester.get().uri("/greet/Ada")).hasStatusOk().bodyText().isEqualTo("Hello Ada");
			assertThat(this.tester.get().uri("/later/Ada")).hasStatusOk().bodyText().isEqualTo("Later Ada");
		}

		@Test
		@DisplayName("H04 an existing test of a Callable controller passes unchanged")
		void asynchronous() throws Exception {
			MvcResult started = this.mvc.perform(get("/later/Ada")).andExpect(request().asyncStarted()).andReturn();
			this.mvc.perform(asyncDispatch(started)).andExpect(content().string("Later Ada"));
		}

		@Test
		@DisplayName("H04 the controller sees what the test has bound to its thread, such as its transaction")
		void threadBound() throws Exception {
			BOUND.set("to the test");
			try {
				this.mvc.perform(get("/bound")).andExpect(content().string("to the test"));
			}
			finally {
				BOUND.remove();
			}
		}

		ApplicationContext context() {
			return this.context;
		}

	}

	@Nested
	@SpringBootTest(classes = Plain.class, properties = "greenroom.web.enabled=false")
	@AutoConfigureMockMvc
	class WithoutGreenroom extends TheirTests {

	}

	@Nested
	@SpringBootTest(classes = Plain.class)
	@AutoConfigureMockMvc
	class WithGreenroom extends TheirTests {

		@Test
		void theAdapterIsThereAndTakesSlots() throws Exception {
			assertThat(context().getBean(RequestMappingHandlerAdapter.class))
				.isInstanceOf(RunInPoolHandlerAdapter.class);
			ControllerPool pool = Objects
				.requireNonNull(context().getBean(ControllerPools.class).find(RunInPool.DEFAULT));
			assertThat(context().getBean(MockMvcTester.class).get().uri("/active")).bodyText().isEqualTo("1");
			assertThat(pool.pool().active()).isZero();
		}

	}

	@Nested
	@SpringBootTest(classes = Plain.class, properties = "greenroom.web.mode=hop")
	@AutoConfigureMockMvc
	class WithHop extends TheirTests {

	}

	@Nested
	@WebMvcTest
	@TestPropertySource(properties = "greenroom.pools.default.size=1")
	class Slice extends TheirTests {

		@Test
		void theSliceLoadsTheAdapter() {
			assertThat(context().getBean(RequestMappingHandlerAdapter.class))
				.isInstanceOf(RunInPoolHandlerAdapter.class);
		}

		@Configuration(proxyBeanMethods = false)
		@EnableAutoConfiguration
		@Import(Greetings.class)
		static class Sliced {

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Greetings.class)
	static class Plain {

	}

	@RestController
	static class Greetings {

		private final ApplicationContext context;

		Greetings(ApplicationContext context) {
			this.context = context;
		}

		@GetMapping("/greet/{name}")
		String greet(@PathVariable String name) {
			if (name.equals("nobody")) {
				throw new IllegalArgumentException(name);
			}
			return "Hello " + name;
		}

		@GetMapping("/later/{name}")
		Callable<String> later(@PathVariable String name) {
			return () -> "Later " + name;
		}

		@GetMapping("/bound")
		@Nullable String bound() {
			return TheirTests.BOUND.get();
		}

		@GetMapping("/active")
		int active() {
			return Objects.requireNonNull(this.context.getBean(ControllerPools.class).find(RunInPool.DEFAULT))
				.pool()
				.active();
		}

		@ExceptionHandler
		ResponseEntity<String> unknown(IllegalArgumentException ex) {
			return ResponseEntity.status(404).body("who?");
		}

	}

}
