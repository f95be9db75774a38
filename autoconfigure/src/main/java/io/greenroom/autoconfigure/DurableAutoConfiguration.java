package io.greenroom.autoconfigure;

import javax.sql.DataSource;

import io.greenroom.context.internal.ObservedCalls;
import io.greenroom.durable.DeadLetters;
import io.greenroom.durable.internal.CallContext;
import io.greenroom.durable.internal.CallStore;
import io.greenroom.durable.internal.DurableNode;
import io.greenroom.durable.internal.NodeId;
import io.greenroom.durable.internal.OutboxStore;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.jdbc.internal.JdbcOutboxStore;
import io.greenroom.jdbc.internal.JdbcRowStore;
import io.greenroom.jdbc.internal.JdbcCallStore;
import io.greenroom.json.internal.JacksonCodec;
import io.greenroom.spring.internal.DurableHandlers;
import io.greenroom.spring.internal.DurableLoader;
import io.greenroom.spring.internal.KeyedHandlers;
import io.greenroom.spring.internal.OutboxHandlers;
import io.greenroom.spring.internal.ThreadContext;
import io.greenroom.wire.Codec;
import io.micrometer.observation.ObservationRegistry;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
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
public final class DurableAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static DurableLoader durableLoader() {
		return new DurableLoader();
	}

	@Bean
	@ConditionalOnMissingBean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	RowStore greenroomRows(DataSource dataSource, DurableProperties properties) {
		return new JdbcRowStore(dataSource, properties.schema(), properties.lockTimeout());
	}

	@Bean
	@ConditionalOnMissingBean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	Codec greenroomCodec(ObjectProvider<JsonMapper> mapper) {
		return new JacksonCodec(mapper.getIfAvailable(() -> JsonMapper.builder().build()));
	}

	/** Runs its checks at the start, even if other beans are created lazily. */
	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static DurableHandlers durableHandlers(ConfigurableListableBeanFactory beanFactory, RowStore rows, Codec codec,
			DurableProperties properties, ObjectProvider<NodeId> id) {
		NodeId known = id.getIfAvailable();
		DurableNode node = (known != null) ? new DurableNode(rows, properties.nodeTimeout(), known.get())
				: new DurableNode(rows, properties.nodeTimeout());
		return new DurableHandlers(beanFactory, rows, codec, properties.sweep(), node);
	}

	/** Used if there are several nodes. */
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	CallStore greenroomCalls(DataSource dataSource, DurableProperties properties) {
		return new JdbcCallStore(dataSource, properties.schema());
	}

	@Bean
	@ConditionalOnMissingBean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	OutboxStore greenroomOutboxStore(DataSource dataSource, DurableProperties properties) {
		return new JdbcOutboxStore(dataSource, properties.schema(), properties.lockTimeout());
	}

	/** Runs its checks at the start, even if other beans are created lazily. */
	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static OutboxHandlers outboxHandlers(ConfigurableListableBeanFactory beanFactory, OutboxStore store, RowStore rows,
			Codec codec, DurableProperties durable, OutboxProperties properties, ObjectProvider<CallContext> context) {
		return new OutboxHandlers(beanFactory, new BeansForHandlers(beanFactory), store, rows, codec,
				properties.options(durable.sweep()), context.orderedStream().toList());
	}

	/** Injected by applications that handle their dead letters. */
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	DeadLetters greenroomDeadLetters(OutboxHandlers handlers) {
		return handlers.deadLetters();
	}

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
