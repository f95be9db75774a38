package io.greenroom.autoconfigure;

import javax.sql.DataSource;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
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
@Conditional(OnHandlers.class)
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties({ DurableProperties.class, OutboxProperties.class })
@Import(DurableBeans.class)
public final class DurableAutoConfiguration {

}
