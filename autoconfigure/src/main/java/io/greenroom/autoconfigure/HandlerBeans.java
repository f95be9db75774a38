package io.greenroom.autoconfigure;

import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.spring.internal.HandlerAdviceOrder;
import io.greenroom.spring.internal.HandlerBeanPostProcessor;
import io.greenroom.spring.internal.HandlerDefinitions;
import io.greenroom.spring.internal.HandlerEvents;
import io.greenroom.spring.internal.HandlerLoops;
import io.greenroom.spring.internal.KeyedHandlers;
import io.greenroom.spring.internal.SpringTransactions;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.env.Environment;

/** The beans of handlers. */
final class HandlerBeans extends SuppliedBeans {

	private static final String HAZELCAST = ClusterAutoConfiguration.HAZELCAST;

	private static final String JACKSON = ClusterAutoConfiguration.JACKSON;

	private static final String STRICT = "greenroom.deferred.strict";

	private static final String LACKS_HAZELCAST = "greenroomClusterLacksHazelcast";

	private static final String LACKS_JACKSON = "greenroomClusterLacksJackson";

	private static final String TRANSACTIONS = "org.springframework.transaction.support.TransactionSynchronizationManager";

	@Override
	void register(Registration registration, Environment environment) {
		registration.addInfrastructure("handlerDefinitions", HandlerDefinitions.class);
		registration.addInfrastructure("handlers", Handlers.class);
		registration.addInfrastructure("handlerLoops", HandlerLoops.class);
		registration.addInfrastructure("handlerBeanPostProcessor", HandlerBeanPostProcessor.class);
		registration.addInfrastructure("handlerAdviceOrder", HandlerAdviceOrder.class);
		if (registration.lacks(KeyedHandlers.class)) {
			addLazy("keyedHandlers", KeyedHandlers.class, registration);
		}
		if (registration.lacksAnywhere(HandlerEvents.class)) {
			addLazy("handlerEvents", HandlerEvents.class, registration);
		}
		// If spring-tx is present, callers may be in transactions.
		if (registration.arePresent(TRANSACTIONS) && registration.lacksAnywhere(CallerTransactions.class)) {
			addLazy("greenroomTransactions", CallerTransactions.class, registration);
		}
		registration.include(new CommonBeans(), environment);
		if (OnCluster.isWanted(environment) && !registration.arePresent(HAZELCAST, JACKSON)) {
			registration.add(registration.arePresent(HAZELCAST) ? LACKS_JACKSON : LACKS_HAZELCAST, MissingLibrary.class)
				.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		}
	}

	private static void addLazy(String name, Class<?> type, Registration registration) {
		registration.addLazy(name, type, LazyHandlerBeans.class).setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "handlerDefinitions" -> new HandlerDefinitions(isStrict(environment(beans)), environment(beans));
			case "handlers" -> new Handlers();
			case "handlerLoops" -> new HandlerLoops(bean("handlers", Handlers.class, beans));
			case "handlerBeanPostProcessor" -> postProcessor(beans, environment(beans));
			case "handlerAdviceOrder" -> new HandlerAdviceOrder();
			case LACKS_HAZELCAST -> new MissingLibrary("com.hazelcast:hazelcast");
			case LACKS_JACKSON -> new MissingLibrary("tools.jackson.core:jackson-databind");
			default -> throw new IllegalArgumentException(name);
		};
	}

	private static HandlerBeanPostProcessor postProcessor(ConfigurableListableBeanFactory beans,
			Environment environment) {
		HandlerBeanPostProcessor processor = new HandlerBeanPostProcessor(new BeansForHandlers(beans),
				bean("handlerLoops", HandlerLoops.class, beans), isStrict(environment));
		processor.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
		return processor;
	}

	/**
	 * Read directly from the environment, because it is needed before beans are created.
	 */
	private static boolean isStrict(Environment environment) {
		return environment.containsProperty(STRICT)
				&& Binder.get(environment).bind(STRICT, Boolean.class).orElse(false);
	}

	/**
	 * Fails the start of a node whose application lacks a library.
	 *
	 * @param dependency the library
	 */
	record MissingLibrary(String dependency) implements BeanFactoryPostProcessor {

		@Override
		public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
			throw new InvalidSettingException("greenroom.cluster.members (or .kubernetes-dns)", "set", "nothing, as "
					+ this.dependency + " is not on the class path; add that dependency to run on several nodes");
		}

	}

	/** Creates what only applications with handlers use. */
	static final class LazyHandlerBeans {

		private LazyHandlerBeans() {
		}

		static KeyedHandlers keyedHandlers(ConfigurableListableBeanFactory beans,
				ObjectProvider<KeyedProperties> settings) {
			return new KeyedHandlers(beans, new BeansForHandlers(beans), () -> settings.getObject().options());
		}

		static HandlerEvents handlerEvents(ApplicationEventPublisher publisher) {
			return new HandlerEvents(publisher);
		}

		static CallerTransactions greenroomTransactions(DeferredProperties properties) {
			return new SpringTransactions(properties.inTransaction());
		}

	}

}
