package io.greenroom.spring;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerType;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;

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
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Looks at all handler beans before any is made: stops the start when some can't be
 * handlers, gives each a {@link Deferred} bean beside it for look-ups and collections,
 * and teaches the bean factory to inject {@code Deferred<T>} wherever it would inject
 * {@code T}.
 */
public final class HandlerDefinitions implements BeanFactoryPostProcessor {

	/** What the name of a handler's {@link Deferred} bean ends with. */
	static final String SUFFIX = ".deferred";

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	/** Held while a definition is registered that may be there already. */
	private static final Object registering = new Object();

	private final boolean strict;

	private final Environment environment;

	/**
	 * Makes the post-processor.
	 * @param strict whether what is allowed and hardly ever right stops the start too
	 * @param environment resolves what stands in annotations
	 */
	public HandlerDefinitions(boolean strict, Environment environment) {
		this.strict = strict;
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		Map<String, InvalidHandlerException> invalid = new TreeMap<>();
		HandlerLint rails = new HandlerLint(beanFactory);
		AsyncMethods async = new AsyncMethods(beanFactory);
		for (String name : beanFactory.getBeanDefinitionNames()) {
			Class<?> type = beanFactory.getType(name, false);
			if (type == null) {
				continue;
			}
			// A class that another part enhances is known by the name its author gave it.
			Class<?> handler = ClassUtils.getUserClass(type);
			boolean keyed = KeyedDefinitions.isKeyed(handler);
			if (!AnnotatedElementUtils.hasAnnotation(type, DeferredHandler.class)) {
				if (keyed) {
					invalid.put(name, new InvalidHandlerException(handler, List.of(KeyedDefinitions.stray())));
				}
				continue;
			}
			try {
				HandlerType.of(handler).checkStates(states(handler, beanFactory));
				checkAnnotation(beanFactory, name, handler);
				async.check(handler);
				look(rails, name, handler);
				if (keyed) {
					addKeyed(beanFactory, name, handler);
				}
				else {
					addDeferred(beanFactory, name, handler);
				}
			}
			catch (InvalidHandlerException ex) {
				invalid.put(name, ex);
			}
		}
		if (!invalid.isEmpty()) {
			throw new InvalidHandlersException(invalid);
		}
		if (beanFactory instanceof DefaultListableBeanFactory factory) {
			DeferredCandidateResolver resolver = new DeferredCandidateResolver();
			resolver.setBeanFactory(factory);
			factory.setAutowireCandidateResolver(resolver);
		}
	}

	private static void addKeyed(ConfigurableListableBeanFactory beanFactory, String name, Class<?> type) {
		KeyedDefinitions.check(beanFactory, name, type);
		KeyedDefinitions.define(beanFactory, name, type);
		log.info(
				"Handler '{}' ({}) has an instance for each key, in memory only: what it keeps is gone when the instance is idle, makes room, or the application ends",
				name, type.getName());
	}

	/** Says at the start, for all handlers, what making the first of each would say. */
	private void checkAnnotation(ConfigurableListableBeanFactory beanFactory, String name, Class<?> type) {
		DeferredHandler annotation = AnnotatedElementUtils.findMergedAnnotation(type, DeferredHandler.class);
		if (annotation == null || Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			// While a build looks at the beans, the values of placeholders are not there.
			return;
		}
		UnaryOperator<String> placeholders = (text) -> {
			String resolved = beanFactory.hasEmbeddedValueResolver() ? beanFactory.resolveEmbeddedValue(text)
					: this.environment.resolvePlaceholders(text);
			return (resolved != null) ? resolved : "";
		};
		try {
			HandlerAnnotation.options(annotation, name, HandlerOptions.defaults(), placeholders);
			HandlerAnnotation.idle(annotation, name, Duration.ofMinutes(10), placeholders);
			if (!annotation.idle().isEmpty() && !KeyedDefinitions.isKeyed(type)) {
				throw new IllegalArgumentException(
						"@DeferredHandler(idle) of bean '%s' is '%s', but it has no @Key, so that it is there for as long as its context; remove idle, or annotate a parameter of its constructor with @Key"
							.formatted(name, annotation.idle()));
			}
		}
		catch (IllegalArgumentException wrong) {
			throw new InvalidHandlerException(type, List.of(String.valueOf(wrong.getMessage())));
		}
	}

	private void look(HandlerLint rails, String name, Class<?> type) {
		if (ScopedProxyUtils.isScopedTarget(name)) {
			return;
		}
		List<String> risks = OutOfTurn.risks(type);
		if (!risks.isEmpty()) {
			log.warn("Handler '{}' ({}) can be used past its mailbox:{}", name, type.getName(), listed(risks));
		}
		List<String> found = rails.look(name, type);
		if (found.isEmpty()) {
			return;
		}
		if (this.strict) {
			throw new InvalidHandlerException(type,
					found.stream().map((problem) -> problem + " (greenroom.deferred.strict is on)").toList());
		}
		log.warn("Handler '{}' ({}) does what undoes its mailbox; greenroom.deferred.strict=true makes it an error:{}",
				name, type.getName(), listed(found));
	}

	private static String listed(List<String> found) {
		return found.stream().map("%n    - %s"::formatted).collect(Collectors.joining());
	}

	/**
	 * Gives a handler its {@link Deferred} bean that was not known to be one beforehand,
	 * as a bean method declares an interface.
	 */
	static void addLate(BeanFactory beanFactory, String handlerName, Class<?> type) {
		if (beanFactory instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition(handlerName)) {
			addDeferred(factory, handlerName, type);
		}
	}

	/** Returns the names of a handler's states, none where states mean nothing. */
	private static List<String> states(Class<?> type, ConfigurableListableBeanFactory beanFactory) {
		boolean machines = beanFactory.getBeanNamesForType(StateBeanPostProcessor.class, false, false).length > 0;
		if (!machines || !StateClass.isPresentOn(type) || !StateClass.of(type).problems().isEmpty()) {
			// Wrong states are reported by who looks at states.
			return List.of();
		}
		return StateClass.of(type).states().stream().map(StateDescriptor::name).toList();
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
			// Handlers that are no singletons are made by many threads at once.
			if (!registry.containsBeanDefinition(name)) {
				registry.registerBeanDefinition(name, definition);
			}
		}
	}

	private static boolean hasOneOfTheUsers(ConfigurableListableBeanFactory beanFactory, ResolvableType handle) {
		return Arrays.stream(beanFactory.getBeanNamesForType(handle, true, false))
			.anyMatch((name) -> handlerOf(name, beanFactory) == null);
	}

	/** Returns the handler whose handle a bean is, {@code null} if it is none of ours. */
	static @Nullable String handlerOf(String beanName, BeanFactory beanFactory) {
		String handler = beanName.endsWith(SUFFIX) ? beanName.substring(0, beanName.length() - SUFFIX.length()) : "";
		return (!handler.isEmpty() && beanFactory.containsBean(handler)) ? handler : null;
	}

}
