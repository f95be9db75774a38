package io.greenroom.autoconfigure;

import java.util.Map;

import io.greenroom.console.internal.ConsoleRequestHandler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.context.reactive.ConfigurableReactiveWebEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ConsoleConfigurationTests {

	private static final AutoConfigurations PARTS = AutoConfigurations.of(GreenSchedulerAutoConfiguration.class,
			GreenroomEndpointAutoConfiguration.class, EndpointAutoConfiguration.class,
			WebEndpointAutoConfiguration.class, ManagementContextAutoConfiguration.class);

	private static final String EXPOSED = "management.endpoints.web.exposure.include=greenroom";

	private static final String ON = "greenroom.console.enabled=true";

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner().withConfiguration(PARTS);

	@Test
	@DisplayName("M13 the console is there where it is asked for and the endpoint is exposed, and says nothing of itself")
	void present(CapturedOutput output) {
		this.runner.withPropertyValues(ON, EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(ConsoleRequestHandler.class));
		this.runner.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).doesNotHaveBean(ConsoleRequestHandler.class));
		assertThat(output).doesNotContain("greenroom.console");
	}

	@Test
	@DisplayName("M13 the console is there with the developer tools at work, unless it is switched off")
	void developerTools() {
		WebApplicationContextRunner developing = this.runner.withPropertyValues(EXPOSED)
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("devtools", Map.of("any", "thing"))));
		developing.run((context) -> assertThat(context).hasSingleBean(ConsoleRequestHandler.class));
		developing.withPropertyValues("greenroom.console.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ConsoleRequestHandler.class));
	}

	@Test
	@DisplayName("M13 a console that can't be there is told with its key: the endpoint is not exposed")
	void notExposed(CapturedOutput output) {
		this.runner.withPropertyValues(ON)
			.run((context) -> assertThat(context).doesNotHaveBean(ConsoleRequestHandler.class));
		assertThat(output).contains("greenroom.console.enabled=true does nothing",
				"Add it to management.endpoints.web.exposure.include");
	}

	@Test
	@DisplayName("M13 a console that can't be there is told with its key: the application is served by WebFlux")
	void webFlux(CapturedOutput output) {
		new ReactiveWebApplicationContextRunner().withConfiguration(PARTS)
			.withPropertyValues(ON, EXPOSED)
			.withInitializer((context) -> context.setEnvironment(reactive(context.getEnvironment())))
			.run((context) -> assertThat(context).doesNotHaveBean(ConsoleRequestHandler.class));
		assertThat(output).contains("greenroom.console.enabled=true does nothing", "served by WebFlux");
	}

	private static Reactive reactive(org.springframework.core.env.ConfigurableEnvironment before) {
		Reactive environment = new Reactive();
		environment.merge(before);
		return environment;
	}

	@Test
	@DisplayName("M13 an interval that is too short ends the start")
	void interval() {
		this.runner.withPropertyValues(ON, EXPOSED, "greenroom.console.interval=99ms")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidSettingException.class)
				.hasMessage("greenroom.console.interval is 99ms; allowed: a duration of 100ms or more"));
	}

	private static final class Reactive extends StandardEnvironment implements ConfigurableReactiveWebEnvironment {

	}

}
