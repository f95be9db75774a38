package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

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
 * The definitions of handlers with {@linkplain Oneway#durable() durable oneway} methods.
 */
final class OutboxDefinitions {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/** Of the bean's own definition: its name in the database. */
	private static final String NAME = OutboxDefinitions.class.getName() + ".name";

	/** Of the bean's own definition: its class. */
	private static final String TYPE = OutboxDefinitions.class.getName() + ".type";

	private OutboxDefinitions() {
	}

	/** Returns the name in the database, {@code null} for a bean that is not there. */
	static @Nullable String nameOf(@Nullable BeanFactory beanFactory, String beanName) {
		return (beanFactory instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition(beanName)
				&& factory.getBeanDefinition(beanName).getAttribute(NAME) instanceof String name) ? name : null;
	}

	/** Returns the class of a bean that is there. */
	static Class<?> typeOf(ConfigurableListableBeanFactory beanFactory, String beanName) {
		return (Class<?>) Objects.requireNonNull(beanFactory.getBeanDefinition(beanName).getAttribute(TYPE));
	}

	/** Returns the beans there are, with their names in the database. */
	static Map<String, String> all(ConfigurableListableBeanFactory beanFactory) {
		Map<String, String> all = new TreeMap<>();
		for (String bean : beanFactory.getBeanDefinitionNames()) {
			String name = nameOf(beanFactory, bean);
			if (name != null) {
				all.put(bean, name);
			}
		}
		return all;
	}

	/**
	 * Rejects a handler whose durable methods can't be.
	 * @throws InvalidHandlerException with all that is wrong
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
						"%s is @Oneway(durable = true) and a state, but a move is no call; move in a durable oneway method of its own"
							.formatted(HandlerLint.signature(method)));
			}
		}
		if (!KeyType.isOn(type) && beanFactory.containsBeanDefinition(beanName)) {
			String scope = beanFactory.getMergedBeanDefinition(beanName).getScope();
			if (!(scope == null || scope.isEmpty() || scope.equals(BeanDefinition.SCOPE_SINGLETON))) {
				problems.add(
						"it has @Oneway(durable = true) methods in the scope '%s', but after a restart it could not be told which instance a call was made to; make it a singleton, or give it a @Key"
							.formatted(scope));
			}
		}
		checkName(beanFactory, nameInDatabase(type, beanName), problems);
		if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, OutboxStore.class, true,
				false).length == 0) {
			problems.add(
					"it has @Oneway(durable = true) methods, but there is nothing to keep their calls in: that takes a DataSource bean (one, or a primary one), spring-jdbc and Jackson 3; add spring-boot-starter-jdbc, spring-boot-starter-jackson and a driver, or set greenroom.durable.enabled=false to keep calls in memory only");
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
		Arrays.stream(beanFactory.getBeanDefinitionNames())
			.filter((other) -> name.equals(nameOf(beanFactory, other)))
			.forEach((other) -> problems.add(
					"its name in the database is '%s', as that of bean '%s', so that they would get each other's calls; give one another name"
						.formatted(name, other)));
	}

	private static String nameInDatabase(Class<?> type, String beanName) {
		Durable annotation = DurableDefinitions.annotation(type);
		return (annotation != null && !annotation.name().isEmpty()) ? annotation.name() : beanName;
	}

	/** Says of a handler, which has passed the check, that it has durable methods. */
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
		beanFactory.getBeanDefinition(beanName).setAttribute(NAME, nameInDatabase(type, beanName));
		beanFactory.getBeanDefinition(beanName).setAttribute(TYPE, type);
	}

	/** Rejects a handler that was not known to be one beforehand. */
	static void rejectLate(@Nullable BeanFactory beanFactory, String beanName, Class<?> type) {
		if (beanFactory instanceof ConfigurableListableBeanFactory factory
				&& !HandlerType.of(type).durableMethods().isEmpty() && nameOf(beanFactory, beanName) == null
				&& factory.getBeanNamesForType(OutboxHandlers.class, false, false).length > 0) {
			throw new InvalidHandlersException(Map.of(beanName, new InvalidHandlerException(type, List
				.of("it has @Oneway(durable = true) methods, but its class is not known before it is made (%s has none of @%s); declare that class as the bean method's result, or the class as a component"
					.formatted("its declared type", DeferredHandler.class.getSimpleName())))));
		}
	}

	/** Returns what stores the calls of a bean, looked up when the first one is made. */
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
