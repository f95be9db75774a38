package io.greenroom.spring.internal;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.greenroom.deferred.InvalidHandlerException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncAnnotationBeanPostProcessor;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.config.TaskManagementConfigUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds methods of handlers that are annotated as asynchronous, if something makes such
 * methods asynchronous. Looks only at classes; advice that was added by other means is
 * found by {@link TurnGuard} when the bean is created.
 */
final class AsyncMethods {

	/** The annotations that Spring supports besides its own. */
	private static final List<String> STANDARD = List.of("jakarta.ejb.Asynchronous",
			"jakarta.enterprise.concurrent.Asynchronous");

	private final ConfigurableListableBeanFactory beanFactory;

	/** Determined with the first handler, {@code null} before. */
	private @Nullable Set<String> annotations;

	AsyncMethods(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Checks the class of a handler.
	 * @param type the class
	 * @throws InvalidHandlerException if it has asynchronous methods
	 */
	void check(Class<?> type) {
		if (this.annotations == null) {
			this.annotations = annotations();
		}
		Set<String> marks = this.annotations;
		if (marks.isEmpty()) {
			return;
		}
		boolean all = isMarked(MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY), marks);
		Set<String> problems = new LinkedHashSet<>();
		ReflectionUtils.doWithMethods(type, (method) -> {
			if (all || isMarked(MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY), marks)) {
				problems.add(TurnGuard.problem(HandlerLint.signature(method)));
			}
		}, AsyncMethods::isOfUser);
		if (!problems.isEmpty()) {
			throw new InvalidHandlerException(type, List.copyOf(problems));
		}
	}

	private static boolean isOfUser(Method method) {
		return !method.isSynthetic() && method.getDeclaringClass() != Object.class
				&& !Modifier.isStatic(method.getModifiers()) && !Modifier.isPrivate(method.getModifiers())
				&& !ReflectionUtils.isObjectMethod(method);
	}

	private static boolean isMarked(MergedAnnotations found, Set<String> marks) {
		return marks.stream().anyMatch(found::isPresent);
	}

	/**
	 * Returns the names of the annotations that are effective here; empty if none are.
	 */
	private Set<String> annotations() {
		if (this.beanFactory.getBeanNamesForType(AsyncAnnotationBeanPostProcessor.class, true, false).length == 0
				&& !this.beanFactory
					.containsBeanDefinition(TaskManagementConfigUtils.ASYNC_EXECUTION_ASPECT_BEAN_NAME)) {
			return Set.of();
		}
		Set<String> names = new LinkedHashSet<>(STANDARD);
		names.add(Async.class.getName());
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			Class<?> type = this.beanFactory.getType(name, false);
			if (type != null) {
				MergedAnnotation<EnableAsync> enabling = MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY)
					.get(EnableAsync.class);
				if (enabling.isPresent() && enabling.getClass("annotation") != Annotation.class) {
					names.add(enabling.getClass("annotation").getName());
				}
			}
		}
		return names;
	}

}
