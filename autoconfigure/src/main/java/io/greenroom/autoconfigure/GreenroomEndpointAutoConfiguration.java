package io.greenroom.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.greenroom.actuate.internal.DeadLettersEndpoint;
import io.greenroom.actuate.internal.GreenroomDumps;
import io.greenroom.actuate.internal.GreenroomEndpoint;
import io.greenroom.actuate.internal.KeyedEndpoint;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.spring.internal.KeyedHandlers;
import io.greenroom.spring.internal.OutboxHandlers;
import io.greenroom.state.StateMachines;
import io.greenroom.web.internal.ControllerPool;
import io.greenroom.web.internal.ControllerPools;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.annotation.Conditional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.web.context.reactive.ConfigurableReactiveWebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the actuator endpoints {@code greenroom}, {@code greenroomkeys}
 * and {@code greenroomdeadletters}, if they are exposed.
 */
@AutoConfiguration(after = { DeferredAutoConfiguration.class, StateAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@Conditional(OnGreenScheduler.class)
public final class GreenroomEndpointAutoConfiguration {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.console");

	/** Static, because the scheduler needs its observers early. */
	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(GreenroomEndpoint.class)
	static GreenroomDumps greenroomDumps(Environment environment) {
		return new GreenroomDumps(showsArguments(environment));
	}

	private static boolean showsArguments(Environment environment) {
		return environment.getProperty("greenroom.show-arguments", Boolean.class, false);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(GreenroomEndpoint.class)
	GreenroomEndpoint greenroomEndpoint(GreenroomDumps dumps, GreenScheduler scheduler,
			ObjectProvider<Handlers> handlers, ObjectProvider<KeyedHandlers> keyed,
			ObjectProvider<StateMachines> stateMachines, ObjectProvider<ControllerPools> pools,
			ConfigurableListableBeanFactory beanFactory) {
		return new GreenroomEndpoint(dumps, scheduler, handlers::getIfAvailable, () -> handlers(keyed),
				stateMachines::getIfAvailable, () -> ofFixedSize(pools.getIfAvailable()), beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(KeyedEndpoint.class)
	KeyedEndpoint greenroomKeyedEndpoint(ObjectProvider<KeyedHandlers> keyed) {
		return new KeyedEndpoint(() -> handlers(keyed));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(DeadLettersEndpoint.class)
	DeadLettersEndpoint greenroomDeadLettersEndpoint(ObjectProvider<OutboxHandlers> outboxes, Environment environment) {
		return new DeadLettersEndpoint(() -> {
			OutboxHandlers known = outboxes.getIfAvailable();
			return (known != null && !known.backlog().isEmpty()) ? known.deadLetters() : null;
		}, () -> {
			OutboxHandlers known = outboxes.getIfAvailable();
			return (known != null) ? known.backlog() : Map.of();
		}, showsArguments(environment));
	}

	/** A missing page would be noticed at the worst time, so it is told at the start. */
	@Bean
	@ConditionalOnBooleanProperty(OnConsole.KEY)
	SmartInitializingSingleton greenroomConsoleCheck(Environment environment,
			ObjectProvider<PathMappedEndpoints> endpoints) {
		return () -> {
			PathMappedEndpoints known = endpoints.getIfAvailable();
			if (environment instanceof ConfigurableReactiveWebEnvironment) {
				log.warn(
						"{}=true does nothing: this application is served by WebFlux, and the console needs Spring MVC. "
								+ "Remove the key; the endpoint 'greenroom' tells the same",
						OnConsole.KEY);
			}
			else if (known != null && known.getPath(EndpointId.of("greenroom")) == null) {
				log.warn(
						"{}=true does nothing: the console is below the path of the endpoint 'greenroom', which is not "
								+ "exposed over HTTP. Add it to management.endpoints.web.exposure.include",
						OnConsole.KEY);
			}
		};
	}

	private static List<KeyedHandler<?, ?>> handlers(ObjectProvider<KeyedHandlers> keyed) {
		return keyed.stream().<KeyedHandler<?, ?>>flatMap((each) -> each.all().stream()).toList();
	}

	private static Map<String, GreenPool> ofFixedSize(@Nullable ControllerPools pools) {
		Map<String, GreenPool> fixed = new HashMap<>();
		if (pools != null) {
			for (ControllerPool pool : pools.all()) {
				if (!pool.isAdaptive()) {
					fixed.put(pool.pool().name(), pool.pool());
				}
			}
		}
		return fixed;
	}

}
