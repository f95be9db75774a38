package io.greenroom.autoconfigure;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.state.State;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;

/** Handlers and machines where nobody gives them turns. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class UnprotectedBeansCheckTests {

	private static void run(Class<?> application, String... keys) {
		SpringApplication boot = new SpringApplication(application);
		boot.setWebApplicationType(WebApplicationType.NONE);
		boot.run(keys).close();
	}

	@Test
	@DisplayName("F18 a context without the post-processors names its handlers and machines, and the remedy")
	void named(CapturedOutput output) {
		run(Bare.class);
		assertThat(output).contains("Handlers WITHOUT a mailbox",
				"'%s' (%s)".formatted(Till.class.getName(), Till.class.getName()),
				"@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })");
		assertThat(output).contains("NOT state machines", Lamp.class.getName(),
				"@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, StateAutoConfiguration.class })");
	}

	@Test
	@DisplayName("F18 without a scheduler the key that takes it away is the remedy")
	void noScheduler(CapturedOutput output) {
		run(Whole.class, "--greenroom.scheduler.enabled=false");
		assertThat(output).contains("Handlers WITHOUT a mailbox", "remove greenroom.scheduler.enabled=false");
	}

	@Test
	@DisplayName("F18 a child context without them names its own handlers")
	void child(CapturedOutput output) {
		new SpringApplicationBuilder(Parts.class).web(WebApplicationType.NONE)
			.child(Bare.class)
			.web(WebApplicationType.NONE)
			.run()
			.close();
		assertThat(output).containsOnlyOnce("Handlers WITHOUT a mailbox");
	}

	@Test
	@DisplayName("F18 nothing is said where all is well, or where the part's own key is off")
	void silent(CapturedOutput output) {
		run(Whole.class);
		run(Bare.class, "--greenroom.deferred.enabled=false", "--greenroom.state.enabled=false");
		assertThat(output).doesNotContain("WITHOUT a mailbox").doesNotContain("NOT state machines");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			StateAutoConfiguration.class })
	static class Parts {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Till.class, Lamp.class })
	static class Bare {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Parts.class, Bare.class })
	static class Whole {

	}

	@DeferredHandler
	static class Till {

		int sales() {
			return 0;
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

/** A mock can't be harmed by threads. */
@SpringBootTest(classes = MockedWithoutTurnsTests.Nothing.class)
@ExtendWith(OutputCaptureExtension.class)
class MockedWithoutTurnsTests {

	@MockitoBean
	UnprotectedBeansCheckTests.Till till;

	@MockitoBean
	UnprotectedBeansCheckTests.Lamp lamp;

	@Test
	@DisplayName("F18 a mock of a handler or machine is not named")
	void notNamed(CapturedOutput output) {
		assertThat(this.till.sales()).isZero();
		assertThat(output).doesNotContain("WITHOUT a mailbox").doesNotContain("NOT state machines");
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

}
