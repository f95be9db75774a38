package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.durable.Durable;
import io.greenroom.durable.internal.DurableType;
import io.greenroom.durable.internal.RowId;
import io.greenroom.durable.internal.RowStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;

/** The bean definitions of durable handlers. */
final class DurableDefinitions {

	/** The durable beans. */
	static final StoredBeans BEANS = new StoredBeans(DurableDefinitions.class, DurableHandlers.class);

	private static final String ENABLED = "greenroom.durable.enabled";

	private DurableDefinitions() {
	}

	static @Nullable Durable annotation(Class<?> type) {
		return AnnotatedElementUtils.findMergedAnnotation(type, Durable.class);
	}

	/** Returns why a bean without a key cannot be durable. */
	static List<String> stray(Class<?> type) {
		if (annotation(type) != null) {
			return List
				.of("it is @Durable, but has no key for its row; annotate a parameter of its constructor with @Key, or remove @Durable");
		}
		return DurableType.isOn(type) ? List
			.of("it has @Stored fields or an @Upgrade method, but is not @Durable, so nothing would be stored; annotate the class with @Durable, or remove them")
				: List.of();
	}

	/**
	 * Rejects a keyed bean that is declared as durable and cannot be, or that looks
	 * durable and is not.
	 * @throws InvalidHandlerException with all problems
	 */
	static void check(ConfigurableListableBeanFactory beanFactory, String beanName, Class<?> type,
			Environment environment) {
		if (annotation(type) == null) {
			rejectStray(type);
		}
		else if (isEnabled(environment)) {
			reject(type, problems(beanFactory, beanName, type));
		}
	}

	/** Rejects a bean without a key that looks durable. */
	static void rejectStray(Class<?> type) {
		reject(type, stray(type));
	}

	private static void reject(Class<?> type, List<String> problems) {
		if (!problems.isEmpty()) {
			throw new InvalidHandlerException(type, problems);
		}
	}

	static boolean isEnabled(Environment environment) {
		return environment.getProperty(ENABLED, Boolean.class, true);
	}

	private static String nameInDatabase(Durable annotation, String beanName) {
		return annotation.name().isEmpty() ? beanName : annotation.name();
	}

	private static List<String> problems(ConfigurableListableBeanFactory beanFactory, String beanName, Class<?> type) {
		Durable annotation = Objects.requireNonNull(annotation(type));
		List<String> problems = new ArrayList<>(DurableType.problems(type, annotation.version()));
		checkName(beanFactory, nameInDatabase(annotation, beanName), problems);
		if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, RowStore.class, true, false).length == 0) {
			problems.add(
					"it is @Durable, but storing its rows requires a single or primary DataSource bean, spring-jdbc and Jackson 3; add spring-boot-starter-jdbc, spring-boot-starter-jackson and a driver, or set %s=false to keep its instances in memory only"
						.formatted(ENABLED));
		}
		return problems;
	}

	/**
	 * Marks a keyed bean that has passed the check as durable, if it is. Returns whether
	 * it is.
	 */
	static boolean define(ConfigurableListableBeanFactory beanFactory, String beanName, Class<?> type,
			Environment environment) {
		Durable annotation = annotation(type);
		if (annotation == null || !isEnabled(environment)) {
			return false;
		}
		BEANS.mark(beanFactory, beanName, nameInDatabase(annotation, beanName), type);
		return true;
	}

	private static void checkName(ConfigurableListableBeanFactory beanFactory, String name, List<String> problems) {
		try {
			new RowId(name, "");
		}
		catch (IllegalArgumentException wrong) {
			problems.add("its @Durable name can't be used: " + wrong.getMessage());
		}
		BEANS.named(beanFactory, name)
			.forEach((other) -> problems.add(
					"its name in the database is '%s', like that of bean '%s', so they would share their rows; give one another @Durable(name)"
						.formatted(name, other)));
	}

}
