package io.greenroom.autoconfigure;

import io.greenroom.deferred.Deferred;
import io.greenroom.spring.internal.HandlerDefinitions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/**
 * Explains why there is no handle to inject. Boot's own analyzer would suggest defining a
 * bean of type {@link Deferred}, which is never right.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingDeferredFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

	private final BeanFactory beanFactory;

	MissingDeferredFailureAnalyzer(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
		ResolvableType handle = cause.getResolvableType();
		if (handle == null || handle.resolve() != Deferred.class) {
			return null;
		}
		Class<?> type = handle.getGeneric(0).resolve();
		if (type == null) {
			return new FailureAnalysis("A Deferred without the type of its handler was requested.",
					"Name the handler's type, as in Deferred<Orders>.", cause);
		}
		String asked = "Deferred<" + type.getSimpleName() + ">";
		if (isWithoutHandlers()) {
			return new FailureAnalysis(
					"%s was requested, but handlers are not configured in this context: it is a test slice, which does not include Greenroom's auto-configurations, or greenroom.deferred.enabled is false. There, a @DeferredHandler bean is an ordinary bean without a mailbox."
						.formatted(asked),
					"In a slice, add @ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class }) to the test, and @Import(%s.class); otherwise remove greenroom.deferred.enabled=false."
						.formatted(type.getSimpleName()),
					cause);
		}
		return new FailureAnalysis(
				"%s was requested, but there is no handler bean of type %s.".formatted(asked, type.getName()),
				"Annotate %s with @DeferredHandler and make it a bean of this context.".formatted(type.getSimpleName()),
				cause);
	}

	private boolean isWithoutHandlers() {
		return !(this.beanFactory instanceof ListableBeanFactory beans)
				|| beans.getBeanNamesForType(HandlerDefinitions.class, false, false).length == 0;
	}

}
