package io.greenroom.autoconfigure;

import javax.sql.DataSource;

import io.greenroom.context.internal.ObservedCalls;
import io.greenroom.spring.internal.KeyedHandlers;
import io.greenroom.spring.internal.ThreadContext;
import io.micrometer.observation.ObservationRegistry;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Auto-configuration for {@link io.greenroom.durable.Durable} handlers, whose rows are in
 * the application's own database. Can be disabled with {@code
 * greenroom.durable.enabled=false}; their instances are in memory only then.
 */
@AutoConfiguration(after = DeferredAutoConfiguration.class,
		afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
				"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
@ConditionalOnClass({ JdbcTemplate.class, JsonMapper.class })
@ConditionalOnBooleanProperty(name = "greenroom.durable.enabled", matchIfMissing = true)
@ConditionalOnBean(KeyedHandlers.class)
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties({ DurableProperties.class, OutboxProperties.class })
@Import(DurableBeans.class)
public final class DurableAutoConfiguration {

	/** First, so that a trace that writes into the logging context comes after it. */
	@Bean
	@Order(0)
	@ConditionalOnMissingBean
	ThreadContext greenroomStoredContext() {
		return new ThreadContext();
	}

	/** If calls are observed, they carry a trace. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	static class Observed {

		@Bean
		@Order(1)
		@ConditionalOnMissingBean
		@ConditionalOnSingleCandidate(ObservationRegistry.class)
		ObservedCalls greenroomObservedCalls(ObservationRegistry registry) {
			return new ObservedCalls(registry);
		}

	}

}
