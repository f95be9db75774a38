package io.greenroom.actuate.internal;

import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomEndpointAutoConfiguration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the actuator tells of dead letters, and does with them. */
@Timeout(60)
class DeadLettersEndpointTests {

	@ParameterizedTest
	@CsvSource({ "'',false", "UNRESTRICTED,true", "READ_ONLY,false" })
	@DisplayName("O05 the endpoint replays and discards only where its access is unrestricted; without durable calls it has nothing")
	void writesOnlyWhereAsked(String access, boolean writes) {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class,
					GreenroomEndpointAutoConfiguration.class, EndpointAutoConfiguration.class,
					WebEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=*",
					access.isEmpty() ? "no=thing" : "management.endpoint.greenroomdeadletters.access=" + access)
			.run((context) -> {
				assertThat(context.getBean(WebEndpointsSupplier.class).getEndpoints())
					.filteredOn((endpoint) -> endpoint.getEndpointId().toString().equals("greenroomdeadletters"))
					.singleElement()
					.satisfies((endpoint) -> assertThat(endpoint.getOperations())
						.extracting((operation) -> operation.getType())
						.contains(OperationType.READ)
						.satisfies((types) -> assertThat(types.contains(OperationType.WRITE)).isEqualTo(writes))
						.satisfies((types) -> assertThat(types.contains(OperationType.DELETE)).isEqualTo(writes)));
				DeadLettersEndpoint endpoint = context.getBean(DeadLettersEndpoint.class);
				assertThat(endpoint.handlers()).isEmpty();
				assertThat(endpoint.letters("mails", null)).isEmpty();
				assertThatExceptionOfType(InvalidEndpointRequestException.class)
					.isThrownBy(() -> endpoint.replay(SecurityContext.NONE, "x"))
					.withMessageContaining("There is no dead letter 'x'");
				assertThatExceptionOfType(InvalidEndpointRequestException.class)
					.isThrownBy(() -> endpoint.discard(SecurityContext.NONE, "x"));
			});
	}

}
