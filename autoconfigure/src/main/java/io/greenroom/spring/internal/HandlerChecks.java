package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;

/**
 * Checks the classes of handlers before any of them is created, and collects those that
 * are invalid. Created with the first handler that is found, because many applications
 * have none.
 */
final class HandlerChecks {

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final boolean strict;

	private final HandlerLint rails;

	private final AsyncMethods async;

	/** By bean name. */
	private final Map<String, InvalidHandlerException> invalid = new TreeMap<>();

	HandlerChecks(ConfigurableListableBeanFactory beanFactory, Environment environment, boolean strict) {
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.strict = strict;
		this.rails = new HandlerLint(beanFactory);
		this.async = new AsyncMethods(beanFactory);
	}

	/**
	 * Returns whether a class that is annotated as a handler or has a key is a valid
	 * handler.
	 */
	boolean passes(String name, Class<?> type) {
		try {
			if (!AnnotatedElementUtils.hasAnnotation(type, DeferredHandler.class)) {
				throw new InvalidHandlerException(type, List.of(KeyedDefinitions.stray()));
			}
			HandlerType.of(type).checkStates(states(type));
			checkAnnotation(name, type);
			this.async.check(type);
			look(name, type);
			if (KeyedDefinitions.isKeyed(type)) {
				KeyedDefinitions.check(this.beanFactory, name, type);
				DurableDefinitions.check(this.beanFactory, name, type, this.environment);
			}
			else {
				DurableDefinitions.rejectStray(type);
			}
			OutboxDefinitions.check(this.beanFactory, name, type, this.environment);
			return true;
		}
		catch (InvalidHandlerException ex) {
			this.invalid.put(name, ex);
			return false;
		}
	}

	/** Fails the start if there are invalid handlers, and names all of them. */
	void rejectInvalid() {
		if (!this.invalid.isEmpty()) {
			throw new InvalidHandlersException(this.invalid);
		}
	}

	/** Returns the names of a handler's states; empty if states are not enabled. */
	private List<String> states(Class<?> type) {
		boolean machines = this.beanFactory.getBeanNamesForType(StateBeanPostProcessor.class, false, false).length > 0;
		if (!machines || !StateClass.isPresentOn(type) || !StateClass.of(type).problems().isEmpty()) {
			// Invalid states are reported by the checks of states.
			return List.of();
		}
		return StateClass.of(type).states().stream().map(StateDescriptor::name).toList();
	}

	/**
	 * Reports at the start, for all handlers, what creating the first instance of each
	 * would report.
	 */
	private void checkAnnotation(String name, Class<?> type) {
		DeferredHandler annotation = AnnotatedElementUtils.findMergedAnnotation(type, DeferredHandler.class);
		if (annotation == null || Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			// During ahead-of-time processing, the values of placeholders are not
			// available.
			return;
		}
		UnaryOperator<String> placeholders = (text) -> {
			String resolved = this.beanFactory.hasEmbeddedValueResolver() ? this.beanFactory.resolveEmbeddedValue(text)
					: this.environment.resolvePlaceholders(text);
			return (resolved != null) ? resolved : "";
		};
		try {
			HandlerAnnotation.options(annotation, name, HandlerOptions.defaults(), placeholders);
			HandlerAnnotation.idle(annotation, name, Duration.ofMinutes(10), placeholders);
			if (!annotation.idle().isEmpty() && !KeyedDefinitions.isKeyed(type)) {
				throw new IllegalArgumentException(
						"@DeferredHandler(idle) of bean '%s' is '%s', but it has no @Key, so it lives as long as its context; remove idle, or annotate a parameter of its constructor with @Key"
							.formatted(name, annotation.idle()));
			}
		}
		catch (IllegalArgumentException wrong) {
			throw new InvalidHandlerException(type, List.of(String.valueOf(wrong.getMessage())));
		}
	}

	private void look(String name, Class<?> type) {
		if (ScopedProxyUtils.isScopedTarget(name)) {
			return;
		}
		List<String> risks = OutOfTurn.risks(type);
		if (!risks.isEmpty()) {
			log.warn("The mailbox of handler '{}' ({}) can be bypassed:{}", name, type.getName(), listed(risks));
		}
		List<String> found = this.rails.look(name, type);
		if (found.isEmpty()) {
			return;
		}
		if (this.strict) {
			throw new InvalidHandlerException(type,
					found.stream().map((problem) -> problem + " (greenroom.deferred.strict is on)").toList());
		}
		log.warn("Handler '{}' ({}) defeats its mailbox; greenroom.deferred.strict=true makes this an error:{}", name,
				type.getName(), listed(found));
	}

	private static String listed(List<String> found) {
		return found.stream().map("%n    - %s"::formatted).collect(Collectors.joining());
	}

}
