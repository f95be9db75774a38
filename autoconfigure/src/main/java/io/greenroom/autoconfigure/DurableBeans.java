package io.greenroom.autoconfigure;

import java.util.ArrayList;
import java.util.List;

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
import io.greenroom.spring.internal.OutboxHandlers;
import io.greenroom.spring.internal.StoredHandlersLifecycle;
import io.greenroom.spring.internal.ThreadContext;
import io.greenroom.wire.Codec;
import io.micrometer.observation.ObservationRegistry;
import tools.jackson.databind.json.JsonMapper;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * The beans of durable handlers. What an application without them does not need is lazy;
 * with the definition of the first handler, what checks it becomes eager, even if the
 * application's other beans are lazy.
 */
final class DurableBeans extends SuppliedBeans {

	private static final String OBSERVATIONS = "io.micrometer.observation.ObservationRegistry";

	@Override
	void register(Registration registration, Environment environment) {
		registration.addInfrastructure("durableLoader", DurableLoader.class);
		registration.addInfrastructure("storedHandlersLifecycle", StoredHandlersLifecycle.class);
		addShared("greenroomRows", RowStore.class, registration);
		addShared("greenroomCodec", Codec.class, registration);
		addShared("greenroomOutboxStore", OutboxStore.class, registration);
		if (registration.lacksAnywhere(CallStore.class)) {
			// Used if there are several nodes.
			registration.addLazy("greenroomCalls", CallStore.class, LazyDurableBeans.class)
				.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		}
		addHandlers(StoredHandlersLifecycle.DURABLE, DurableHandlers.class, registration);
		addHandlers(StoredHandlersLifecycle.OUTBOX, OutboxHandlers.class, registration);
		if (registration.lacksAnywhere(DeadLetters.class)) {
			registration.addLazy("greenroomDeadLetters", DeadLetters.class, LazyDurableBeans.class);
		}
	}

	/** Adds a bean that is shared with the child contexts. */
	private static void addShared(String name, Class<?> type, Registration registration) {
		if (registration.lacksAnywhere(type)) {
			add(name, type, registration);
		}
	}

	private static void addHandlers(String name, Class<?> type, Registration registration) {
		if (registration.lacks(type)) {
			add(name, type, registration);
		}
	}

	private static void add(String name, Class<?> type, Registration registration) {
		RootBeanDefinition added = registration.add(name, type);
		added.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		added.setLazyInit(true);
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "durableLoader" -> new DurableLoader();
			case "storedHandlersLifecycle" -> new StoredHandlersLifecycle(beans);
			case "greenroomRows" -> rows(beans, beans.getBean(DurableProperties.class));
			case "greenroomCodec" -> codec(beans.getBeanProvider(JsonMapper.class));
			case "greenroomOutboxStore" -> outboxStore(beans, beans.getBean(DurableProperties.class));
			case StoredHandlersLifecycle.DURABLE -> durableHandlers(beans, beans.getBean(DurableProperties.class));
			case StoredHandlersLifecycle.OUTBOX -> outboxHandlers(beans, beans.getBean(DurableProperties.class));
			default -> throw new IllegalArgumentException(name);
		};
	}

	private static RowStore rows(ConfigurableListableBeanFactory beans, DurableProperties properties) {
		return new JdbcRowStore(beans.getBean(DataSource.class), properties.schema(), properties.lockTimeout());
	}

	private static Codec codec(ObjectProvider<JsonMapper> mapper) {
		return new JacksonCodec(mapper.getIfAvailable(() -> JsonMapper.builder().build()));
	}

	private static OutboxStore outboxStore(ConfigurableListableBeanFactory beans, DurableProperties properties) {
		return new JdbcOutboxStore(beans.getBean(DataSource.class), properties.schema(), properties.lockTimeout());
	}

	private static DurableHandlers durableHandlers(ConfigurableListableBeanFactory beans,
			DurableProperties properties) {
		RowStore rows = beans.getBean(RowStore.class);
		NodeId known = beans.getBeanProvider(NodeId.class).getIfAvailable();
		DurableNode node = (known != null) ? new DurableNode(rows, properties.nodeTimeout(), known.get())
				: new DurableNode(rows, properties.nodeTimeout());
		return new DurableHandlers(beans, rows, beans.getBean(Codec.class), properties.sweep(), node);
	}

	private static OutboxHandlers outboxHandlers(ConfigurableListableBeanFactory beans, DurableProperties durable) {
		return new OutboxHandlers(beans, new BeansForHandlers(beans), beans.getBean(OutboxStore.class),
				beans.getBean(RowStore.class), beans.getBean(Codec.class),
				beans.getBean(OutboxProperties.class).options(durable.sweep()), contexts(beans));
	}

	/** A trace that writes into the logging context comes after it. */
	private static List<CallContext> contexts(ConfigurableListableBeanFactory beans) {
		List<CallContext> contexts = new ArrayList<>(List.of(new ThreadContext()));
		if (ClassUtils.isPresent(OBSERVATIONS, beans.getBeanClassLoader())) {
			ObservationRegistry registry = beans.getBeanProvider(ObservationRegistry.class).getIfUnique();
			if (registry != null) {
				contexts.add(new ObservedCalls(registry));
			}
		}
		return contexts;
	}

	/** Creates what few applications use. */
	static final class LazyDurableBeans {

		private LazyDurableBeans() {
		}

		static CallStore greenroomCalls(DataSource dataSource, DurableProperties properties) {
			return new JdbcCallStore(dataSource, properties.schema());
		}

		/** Injected by applications that handle their dead letters. */
		static DeadLetters greenroomDeadLetters(OutboxHandlers handlers) {
			return handlers.deadLetters();
		}

	}

}
