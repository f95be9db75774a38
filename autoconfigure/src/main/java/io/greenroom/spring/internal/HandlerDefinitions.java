package io.greenroom.spring.internal;

import java.util.Arrays;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Examines all handler beans before any of them is created. Fails the start if some are
 * invalid, registers a {@link Deferred} bean beside each for look-ups and collections,
 * and extends the bean factory so that it injects {@code Deferred<T>} wherever it would
 * inject {@code T}.
 */
public final class HandlerDefinitions implements BeanFactoryPostProcessor {

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	/** The suffix of the name of a handler's {@link Deferred} bean. */
	static final String SUFFIX = ".deferred";

	/** Held while a definition is registered that may already exist. */
	private static final Object registering = new Object();

	private final boolean strict;

	private final Environment environment;

	/**
	 * Creates the post-processor.
	 * @param strict whether questionable declarations, which are allowed, also fail the
	 * start
	 * @param environment resolves the values of annotations
	 */
	public HandlerDefinitions(boolean strict, Environment environment) {
		this.strict = strict;
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		HandlerChecks checks = null;
		for (String name : beanFactory.getBeanDefinitionNames()) {
			Class<?> type = beanFactory.getType(name, false);
			if (type == null) {
				continue;
			}
			// A class that another library enhances is known by its original name.
			Class<?> handler = ClassUtils.getUserClass(type);
			if (!Marks.areOfHandler(handler)) {
				continue;
			}
			boolean keyed = KeyedDefinitions.isKeyed(handler);
			if (!keyed && !AnnotatedElementUtils.hasAnnotation(type, DeferredHandler.class)) {
				continue;
			}
			checks = (checks != null) ? checks : new HandlerChecks(beanFactory, this.environment, this.strict);
			if (checks.passes(name, handler)) {
				if (keyed) {
					addKeyed(beanFactory, name, handler, this.environment);
				}
				else {
					addDeferred(beanFactory, name, handler);
				}
				OutboxDefinitions.define(beanFactory, name, handler, this.environment);
			}
		}
		if (checks != null) {
			checks.rejectInvalid();
		}
		if (beanFactory instanceof DefaultListableBeanFactory factory) {
			DeferredCandidateResolver resolver = new DeferredCandidateResolver();
			resolver.setBeanFactory(factory);
			factory.setAutowireCandidateResolver(resolver);
		}
	}

	private static void addKeyed(ConfigurableListableBeanFactory beanFactory, String name, Class<?> type,
			Environment environment) {
		boolean durable = DurableDefinitions.define(beanFactory, name, type, environment);
		KeyedDefinitions.define(beanFactory, name, type);
		if (durable) {
			return;
		}
		if (DurableDefinitions.annotation(type) != null) {
			log.warn("Handler '{}' ({}) is @Durable, but greenroom.durable.enabled is false", name, type.getName());
		}
		log.info(
				"Handler '{}' ({}) has an instance for each key in memory only: its state is lost when the instance is idle or makes room, or when the application ends",
				name, type.getName());
	}

	/**
	 * Registers the {@link Deferred} bean of a handler that was not known to be one, for
	 * example because a bean method declares an interface.
	 */
	static void addLate(BeanFactory beanFactory, String handlerName, Class<?> type) {
		if (beanFactory instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition(handlerName)) {
			addDeferred(factory, handlerName, type);
		}
	}

	private static void addDeferred(ConfigurableListableBeanFactory beanFactory, String handlerName, Class<?> type) {
		String name = handlerName + SUFFIX;
		ResolvableType handle = ResolvableType.forClassWithGenerics(Deferred.class, type);
		if (!(beanFactory instanceof BeanDefinitionRegistry registry) || registry.containsBeanDefinition(name)
				|| ScopedProxyUtils.isScopedTarget(handlerName) || hasOneOfTheUsers(beanFactory, handle)) {
			return;
		}
		BeanDefinition handler = beanFactory.getMergedBeanDefinition(handlerName);
		RootBeanDefinition definition = new RootBeanDefinition(DeferredHandles.class);
		definition.setTargetType(handle);
		definition.setFactoryMethodName("of");
		definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, new RuntimeBeanReference(handlerName));
		definition.setScope(handler.getScope());
		definition.setLazyInit(true);
		// The handler ends with its own bean.
		definition.setDestroyMethodName("");
		definition.setPrimary(handler.isPrimary());
		definition.setFallback(handler.isFallback());
		definition.setAutowireCandidate(handler.isAutowireCandidate());
		definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		if (handler instanceof AbstractBeanDefinition qualified) {
			definition.copyQualifiersFrom(qualified);
			definition.setDefaultCandidate(qualified.isDefaultCandidate());
		}
		synchronized (registering) {
			// Handlers that are not singletons are created by many threads at once.
			if (!registry.containsBeanDefinition(name)) {
				registry.registerBeanDefinition(name, definition);
			}
		}
	}

	private static boolean hasOneOfTheUsers(ConfigurableListableBeanFactory beanFactory, ResolvableType handle) {
		return Arrays.stream(beanFactory.getBeanNamesForType(handle, true, false))
			.anyMatch((name) -> handlerOf(name, beanFactory) == null);
	}

	/**
	 * Returns the handler whose handle a bean is, or {@code null} if it is not one of
	 * Greenroom's handles.
	 */
	static @Nullable String handlerOf(String beanName, BeanFactory beanFactory) {
		String handler = beanName.endsWith(SUFFIX) ? beanName.substring(0, beanName.length() - SUFFIX.length()) : "";
		return (!handler.isEmpty() && beanFactory.containsBean(handler)) ? handler : null;
	}

}
