package io.greenroom.autoconfigure;

import java.util.List;

import io.greenroom.actuate.internal.ClusterHealthIndicator;
import io.greenroom.cluster.WireContext;
import io.greenroom.cluster.internal.ClusterOptions;
import io.greenroom.cluster.internal.Nodes;
import io.greenroom.context.internal.ObservedCalls;
import io.greenroom.durable.internal.CallStore;
import io.greenroom.durable.internal.NodeId;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.green.GreenScheduler;
import io.greenroom.hazelcast.ClusterMemberCustomizer;
import io.greenroom.hazelcast.internal.HazelcastNodes;
import io.greenroom.hazelcast.internal.MemberOptions;
import io.greenroom.json.internal.JacksonCodec;
import io.greenroom.spring.internal.KeyedHandlers;
import io.greenroom.spring.internal.ThreadContext;
import io.greenroom.spring.internal.ClusterHandlers;
import io.greenroom.spring.internal.NodeContext;
import io.greenroom.wire.Codec;
import io.micrometer.observation.ObservationRegistry;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration for a cluster, in which each key of a handler is owned by one node.
 * Active if {@code greenroom.cluster.members} or {@code greenroom.cluster.kubernetes-dns}
 * is set. Does not use the application's own Hazelcast instance.
 */
@AutoConfiguration(after = { DeferredAutoConfiguration.class, DurableAutoConfiguration.class },
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration",
		afterName = { "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
				"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
@Conditional(OnCluster.class)
@ConditionalOnBean(KeyedHandlers.class)
public final class ClusterAutoConfiguration {

	static final String HAZELCAST = "com.hazelcast.core.HazelcastInstance";

	static final String JACKSON = "tools.jackson.databind.json.JsonMapper";

	/** Active if the libraries of a node are present. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = { HAZELCAST, JACKSON })
	@EnableConfigurationProperties(ClusterProperties.class)
	static class Member {

		@Bean
		@ConditionalOnMissingBean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		Codec greenroomCodec(ObjectProvider<JsonMapper> mapper) {
			return new JacksonCodec(mapper.getIfAvailable(() -> JsonMapper.builder().build()));
		}

		/** Closed by the handlers, after they have drained. */
		@Bean(destroyMethod = "")
		@ConditionalOnMissingBean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Nodes greenroomNodes(ClusterProperties properties, ObjectProvider<ClusterMemberCustomizer> customizers) {
			MemberOptions options = new MemberOptions(properties.name(), properties.members(),
					properties.kubernetesDns(), properties.address(), properties.port(), properties.heartbeat(),
					properties.heartbeatLimit());
			return HazelcastNodes.start(options,
					(config) -> customizers.orderedStream().forEach((customizer) -> customizer.customize(config)));
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static NodeId greenroomNodeId(Nodes nodes) {
			return nodes::here;
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static ClusterHandlers clusterHandlers(ConfigurableListableBeanFactory beanFactory, Nodes nodes,
				ClusterProperties properties, Codec codec, ObjectProvider<WireContext> contexts,
				ObjectProvider<CallStore> calls, ObjectProvider<RowStore> rows) {
			return new ClusterHandlers(beanFactory, nodes, ClusterOptions.of(properties.needed()), codec,
					new NodeContext(List.of(new ThreadContext()), contexts.orderedStream().toList()),
					calls.getIfAvailable(), (gone) -> rows.ifAvailable((known) -> known.left(gone)));
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static SmartInitializingSingleton greenroomClusterObserving(ObjectProvider<GreenScheduler> scheduler,
				ClusterHandlers cluster) {
			return () -> scheduler.ifAvailable((known) -> known.observer().cluster(cluster));
		}

	}

	/** If calls are observed, they carry a trace. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = { HAZELCAST, JACKSON, "io.micrometer.observation.ObservationRegistry" })
	static class Observed {

		@Bean
		@Order(0)
		@ConditionalOnSingleCandidate(ObservationRegistry.class)
		static WireContext greenroomTraceContext(ObservationRegistry registry) {
			return new NodeContext(List.of(new ObservedCalls(registry, "greenroom.cluster")), List.of());
		}

	}

	/** The readiness of a node depends on whether it sees enough other nodes. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = { HAZELCAST, JACKSON, "org.springframework.boot.health.contributor.HealthIndicator",
			"org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator" })
	static class ClusterHealth {

		@Bean
		@ConditionalOnMissingBean(name = "greenroomClusterHealthIndicator")
		@ConditionalOnEnabledHealthIndicator("greenroomcluster")
		ClusterHealthIndicator greenroomClusterHealthIndicator(ClusterHandlers cluster) {
			return new ClusterHealthIndicator(cluster);
		}

	}

}
