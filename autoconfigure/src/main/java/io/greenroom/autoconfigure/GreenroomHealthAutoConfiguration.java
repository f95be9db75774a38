package io.greenroom.autoconfigure;

import java.util.List;
import java.util.Map;

import io.greenroom.actuate.internal.HandlersHealthIndicator;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.OutboxGauges;
import io.greenroom.spring.internal.KeyedHandlers;
import io.greenroom.spring.internal.OutboxHandlers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the health of handlers. Can be disabled with {@code
 * management.health.greenroom.enabled=false}.
 */
@AutoConfiguration(after = DeferredAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(Handlers.class)
@ConditionalOnEnabledHealthIndicator("greenroom")
@EnableConfigurationProperties(HealthProperties.class)
public final class GreenroomHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "greenroomHealthIndicator")
	HandlersHealthIndicator greenroomHealthIndicator(Handlers handlers, ObjectProvider<KeyedHandlers> keyed,
			ObjectProvider<OutboxHandlers> outboxes, ObjectProvider<HealthProperties> settings,
			Environment environment) {
		return new HandlersHealthIndicator(handlers, () -> handlers(keyed), () -> backlog(outboxes),
				HealthProperties.of(environment, settings).terms());
	}

	private static List<KeyedHandler<?, ?>> handlers(ObjectProvider<KeyedHandlers> keyed) {
		return keyed.stream().<KeyedHandler<?, ?>>flatMap((each) -> each.all().stream()).toList();
	}

	private static Map<String, ? extends OutboxGauges> backlog(ObjectProvider<OutboxHandlers> outboxes) {
		OutboxHandlers known = outboxes.getIfAvailable();
		return (known != null) ? known.backlog() : Map.of();
	}

}
