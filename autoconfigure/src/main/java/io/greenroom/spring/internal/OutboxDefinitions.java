package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.deferred.internal.StoredCalls;
import io.greenroom.durable.Durable;
import io.greenroom.durable.internal.Lane;
import io.greenroom.durable.internal.Lane;
import io.greenroom.durable.internal.OutboxMethods;
import io.greenroom.durable.internal.OutboxStore;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.state.State;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;

/**
 * The bean definitions of handlers with {@linkplain Oneway#durable() durable oneway}
 * methods.
 */
final class OutboxDefinitions {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/** The beans with durable methods. */
	static final StoredBeans BEANS = new StoredBeans(OutboxDefinitions.class, OutboxHandlers.class);

	private OutboxDefinitions() {
	}

	/**
	 * Rejects a handler with invalid durable methods.
	 * @throws InvalidHandlerException with all problems
	 */
	static void check(ConfigurableListableBeanFactory beanFactory, String beanName, Class<?> type,
			Environment environment) {
		List<Method> methods = HandlerType.of(type).durableMethods();
		if (methods.isEmpty() || !DurableDefinitions.isEnabled(environment)) {
			return;
		}
		List<String> problems = new ArrayList<>(OutboxMethods.problems(methods));
		for (Method method : methods) {
			if (AnnotatedElementUtils.hasAnnotation(method, State.class)) {
				problems.add(
						"%s is @Oneway(durable = true) and a state, but a move is not a call; make the move in a separate durable oneway method"
							.formatted(HandlerLint.signature(method)));
			}
		}
		if (!KeyType.isOn(type) && beanFactory.containsBeanDefinition(beanName)) {
			String scope = beanFactory.getMergedBeanDefinition(beanName).getScope();
			if (!(scope == null || scope.isEmpty() || scope.equals(BeanDefinition.SCOPE_SINGLETON))) {
				problems.add(
						"it has @Oneway(durable = true) methods in the scope '%s', but after a restart the instance of a stored call is unknown; make it a singleton, or give it a @Key"
							.formatted(scope));
			}
		}
		checkName(beanFactory, nameInDatabase(type, beanName), problems);
		if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, OutboxStore.class, true,
				false).length == 0) {
			problems.add(
					"it has @Oneway(durable = true) methods, but storing their calls requires a single or primary DataSource bean, spring-jdbc and Jackson 3; add spring-boot-starter-jdbc, spring-boot-starter-jackson and a driver, or set greenroom.durable.enabled=false to keep calls in memory only");
		}
		if (!problems.isEmpty()) {
			throw new InvalidHandlerException(type, problems);
		}
	}

	private static void checkName(ConfigurableListableBeanFactory beanFactory, String name, List<String> problems) {
		try {
			new Lane(name, "");
		}
		catch (IllegalArgumentException wrong) {
			problems.add("its name in the database can't be used: " + wrong.getMessage());
		}
		BEANS.named(beanFactory, name)
			.forEach((other) -> problems.add(
					"its name in the database is '%s', like that of bean '%s', so they would receive each other's calls; give one another name"
						.formatted(name, other)));
	}

	private static String nameInDatabase(Class<?> type, String beanName) {
		Durable annotation = DurableDefinitions.annotation(type);
		return (annotation != null && !annotation.name().isEmpty()) ? annotation.name() : beanName;
	}

	/** Marks a handler that has passed the check as one with durable methods. */
	static void define(ConfigurableListableBeanFactory beanFactory, String beanName, Class<?> type,
			Environment environment) {
		if (HandlerType.of(type).durableMethods().isEmpty() || !beanFactory.containsBeanDefinition(beanName)) {
			return;
		}
		if (!DurableDefinitions.isEnabled(environment)) {
			log.warn(
					"Handler '{}' ({}) has @Oneway(durable = true) methods, but greenroom.durable.enabled is false: their calls are in memory only",
					beanName, type.getName());
			return;
		}
		BEANS.mark(beanFactory, beanName, nameInDatabase(type, beanName), type);
	}

	/** Rejects a handler that was not known to be one before its creation. */
	static void rejectLate(@Nullable BeanFactory beanFactory, String beanName, Class<?> type) {
		if (beanFactory instanceof ConfigurableListableBeanFactory factory
				&& !HandlerType.of(type).durableMethods().isEmpty() && BEANS.nameOf(beanFactory, beanName) == null
				&& factory.getBeanNamesForType(OutboxHandlers.class, false, false).length > 0) {
			throw new InvalidHandlersException(Map.of(beanName, new InvalidHandlerException(type, List
				.of("it has @Oneway(durable = true) methods, but its class is not known before it is created (%s does not have @%s); declare that class as the return type of the bean method, or declare it as a component"
					.formatted("its declared type", DeferredHandler.class.getSimpleName())))));
		}
	}

	/** Returns the store of a bean's calls, looked up when the first call is made. */
	static StoredCalls calls(BeanFactory beanFactory, String name) {
		return new StoredCalls() {

			private volatile @Nullable OutboxHandlers found;

			@Override
			public void store(String key, Method method, @Nullable Object[] arguments) {
				handlers().outbox().submit(name, key, method, arguments);
			}

			@Override
			public void hint(String key) {
				handlers().outbox().wake(new Lane(name, key));
			}

			private OutboxHandlers handlers() {
				OutboxHandlers known = this.found;
				if (known == null) {
					known = beanFactory.getBean(OutboxHandlers.class);
					this.found = known;
				}
				return known;
			}

		};
	}

}
