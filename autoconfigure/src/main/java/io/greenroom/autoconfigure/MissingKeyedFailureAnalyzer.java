package io.greenroom.autoconfigure;

import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.internal.KeyType;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/**
 * Explains why there is no {@link Keyed} to inject. Boot's own analyzer would suggest
 * defining a bean of that type, which is never right.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingKeyedFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
		ResolvableType asked = cause.getResolvableType();
		if (asked == null || asked.resolve() != Keyed.class) {
			return null;
		}
		Class<?> keys = asked.getGeneric(0).resolve();
		Class<?> type = asked.getGeneric(1).resolve();
		if (keys == null || type == null) {
			return new FailureAnalysis("A Keyed without the types of its keys and handler was requested.",
					"Name both types, as in Keyed<String, Account>.", cause);
		}
		String name = "Keyed<%s, %s>".formatted(keys.getSimpleName(), type.getSimpleName());
		if (type.isInterface() || !KeyType.isOn(type)) {
			return new FailureAnalysis("%s was requested, but %s has no @Key.".formatted(name, type.getName()),
					"Annotate the constructor parameter that receives the key with @Key, and the class with @DeferredHandler; make it a component of this context."
						.formatted(),
					cause);
		}
		KeyType known = KeyType.of(type);
		if (known.type() != keys) {
			return new FailureAnalysis(
					"%s was requested, but the keys of %s are of type %s.".formatted(name, type.getName(),
							known.type().getSimpleName()),
					"Inject Keyed<%s, %s>.".formatted(known.type().getSimpleName(), type.getSimpleName()), cause);
		}
		return new FailureAnalysis("%s was requested, but there is no bean of type %s.".formatted(name, type.getName()),
				"Annotate %s with @DeferredHandler, make it a component of this context, and check that greenroom.deferred.enabled is not false."
					.formatted(type.getSimpleName()),
				cause);
	}

}
