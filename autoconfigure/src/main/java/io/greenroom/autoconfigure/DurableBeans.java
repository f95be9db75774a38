package io.greenroom.autoconfigure;

import javax.sql.DataSource;
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
import io.greenroom.wire.Codec;
import tools.jackson.databind.json.JsonMapper;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;

/** The beans of durable handlers. */
final class DurableBeans extends SuppliedBeans {

	@Override
	void register(Registration registration, Environment environment) {
		registration.addInfrastructure("durableLoader", DurableLoader.class);
		addInfrastructure("greenroomRows", RowStore.class, registration);
		addInfrastructure("greenroomCodec", Codec.class, registration);
		addInfrastructure("greenroomOutboxStore", OutboxStore.class, registration);
		if (registration.lacksAnywhere(CallStore.class)) {
			// Used if there are several nodes.
			registration.addLazy("greenroomCalls", CallStore.class, LazyDurableBeans.class)
				.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		}
		addChecked("durableHandlers", DurableHandlers.class, registration);
		addChecked("outboxHandlers", OutboxHandlers.class, registration);
		if (registration.lacksAnywhere(DeadLetters.class)) {
			registration.addLazy("greenroomDeadLetters", DeadLetters.class, LazyDurableBeans.class);
		}
	}

	private static void addInfrastructure(String name, Class<?> type, Registration registration) {
		if (registration.lacksAnywhere(type)) {
			registration.add(name, type).setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		}
	}

	/** Runs its checks at the start, even if other beans are created lazily. */
	private static void addChecked(String name, Class<?> type, Registration registration) {
		if (registration.lacks(type)) {
			RootBeanDefinition added = registration.add(name, type);
			added.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
			added.setLazyInit(false);
		}
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "durableLoader" -> new DurableLoader();
			case "greenroomRows" -> rows(beans, beans.getBean(DurableProperties.class));
			case "greenroomCodec" -> codec(beans.getBeanProvider(JsonMapper.class));
			case "greenroomOutboxStore" -> outboxStore(beans, beans.getBean(DurableProperties.class));
			case "durableHandlers" -> durableHandlers(beans, beans.getBean(DurableProperties.class));
			case "outboxHandlers" -> outboxHandlers(beans, beans.getBean(DurableProperties.class));
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
				beans.getBean(OutboxProperties.class).options(durable.sweep()),
				beans.getBeanProvider(CallContext.class).orderedStream().toList());
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
