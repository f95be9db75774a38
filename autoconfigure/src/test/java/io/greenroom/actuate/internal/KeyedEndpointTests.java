package io.greenroom.actuate.internal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomEndpointAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.state.State;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the actuator tells of keys, and does with them. */
@Timeout(60)
class KeyedEndpointTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class, GreenroomEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=greenroomkeys")
		.withBean("ticket", Ticket.class)
		.withBean(Desk.class);

	/** A machine by key. */
	@DeferredHandler
	static class Ticket {

		Ticket(@Key Long number) {
			assertThat(number).isPositive();
		}

		@State(initial = true, transitionsTo = "used", timeout = "1h", onTimeout = "used")
		void valid() {
		}

		@State
		void used() {
		}

		@Oneway
		void hold(CountDownLatch begun, CountDownLatch release) throws InterruptedException {
			begun.countDown();
			release.await();
		}

	}

	/** Gets the tickets injected. */
	static class Desk {

		@Autowired
		private Keyed<Long, Ticket> tickets;

	}

	@Test
	@DisplayName("K10 the endpoint counts keys by state, tells where one is, and makes no instance")
	void tells() {
		this.runner.run((context) -> {
			KeyedEndpoint endpoint = context.getBean(KeyedEndpoint.class);
			Keyed<Long, Ticket> tickets = context.getBean(Desk.class).tickets;
			tickets.get(7L).valid();
			tickets.get(8L).valid();
			tickets.get(8L).used();
			// The move is made when the body of the state before has made way.
			Until.until("8 to be used", () -> tickets.counts().getOrDefault("used", 0L) == 1);
			assertThat(endpoint.handlers())
				.containsExactly(new KeyedEndpoint.Counts("ticket", tickets.active(), Map.of("valid", 1L, "used", 1L)));
			KeyedEndpoint.Keys keys = endpoint.handler("ticket", "7", null);
			assertThat(keys.stranded()).isEmpty();
			assertThat(keys.entry()).isNotNull().satisfies((entry) -> {
				assertThat(entry.key()).isEqualTo("7");
				assertThat(entry.active()).isTrue();
				assertThat(entry.state()).isEqualTo("valid");
				assertThat(entry.deadline()).isAfter(entry.since());
			});
			assertThat(endpoint.handler("ticket", "9", 3).entry()).isNull();
			assertThat(endpoint.handler("ticket", null, 0).entry()).isNull();
			assertThat(tickets.active()).isEqualTo(2);
		});
	}

	@Test
	@DisplayName("K10 the endpoint ends the instance of a key that has nothing to do, and says if it has")
	void passivates() {
		this.runner.run((context) -> {
			KeyedEndpoint endpoint = context.getBean(KeyedEndpoint.class);
			Keyed<Long, Ticket> tickets = context.getBean(Desk.class).tickets;
			CountDownLatch begun = new CountDownLatch(1);
			CountDownLatch release = new CountDownLatch(1);
			tickets.get(7L).hold(begun, release);
			begun.await();
			assertThat(endpoint.passivate(SecurityContext.NONE, "ticket", "7"))
				.isEqualTo(new KeyedEndpoint.Passivation("7", false));
			assertThat(endpoint.passivate(SecurityContext.NONE, "ticket", "8"))
				.isEqualTo(new KeyedEndpoint.Passivation("8", true));
			assertThat(tickets.active()).isOne();
			release.countDown();
			Until.until("the instance to have nothing to do",
					() -> endpoint.passivate(SecurityContext.NONE, "ticket", "7").passivated());
			assertThat(tickets.active()).isZero();
		});
	}

	@Test
	@DisplayName("A04 an unknown handler, a text that is no key and a negative limit are told what there is")
	void wrong() {
		this.runner.run((context) -> {
			KeyedEndpoint endpoint = context.getBean(KeyedEndpoint.class);
			for (Runnable asked : List.<Runnable>of(() -> endpoint.handler("tickets", null, null),
					() -> endpoint.passivate(SecurityContext.NONE, "tickets", "7"))) {
				assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(asked::run)
					.withMessageContainingAll("'tickets'", "[ticket]");
			}
			for (Runnable asked : List.<Runnable>of(() -> endpoint.handler("ticket", "seven", null),
					() -> endpoint.passivate(SecurityContext.NONE, "ticket", "seven"))) {
				assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(asked::run)
					.withMessageContainingAll("'ticket'", "'seven'", "Long");
			}
			assertThatExceptionOfType(InvalidEndpointRequestException.class)
				.isThrownBy(() -> endpoint.handler("ticket", null, -1))
				.withMessageContaining("-1");
		});
	}

	@ParameterizedTest
	@CsvSource({ "'',false", "UNRESTRICTED,true", "READ_ONLY,false" })
	@DisplayName("H17 exposing everything ends no instance; management.endpoint.greenroomkeys.access asks for it")
	void writesOnlyWhereAsked(String access, boolean writes) {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class,
					GreenroomEndpointAutoConfiguration.class, EndpointAutoConfiguration.class,
					WebEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=*",
					access.isEmpty() ? "no=thing" : "management.endpoint.greenroomkeys.access=" + access)
			.run((context) -> assertThat(context.getBean(WebEndpointsSupplier.class).getEndpoints())
				.filteredOn((endpoint) -> endpoint.getEndpointId().toString().equals("greenroomkeys"))
				.singleElement()
				.satisfies((endpoint) -> assertThat(endpoint.getOperations())
					.extracting((operation) -> operation.getType())
					.contains(OperationType.READ)
					.satisfies((types) -> assertThat(types.contains(OperationType.DELETE)).isEqualTo(writes))));
	}

}
