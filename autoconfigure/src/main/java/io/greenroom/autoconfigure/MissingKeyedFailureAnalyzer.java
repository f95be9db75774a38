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
 * Says why there is no {@link Keyed} to inject: Boot's own analyzer would tell the user
 * to define a bean of that type, which nobody should.
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
			return new FailureAnalysis("A Keyed was asked for that does not say of which keys and handler.",
					"Name both types, as in Keyed<String, Account>.", cause);
		}
		String name = "Keyed<%s, %s>".formatted(keys.getSimpleName(), type.getSimpleName());
		if (type.isInterface() || !KeyType.isOn(type)) {
			return new FailureAnalysis("%s was asked for, but %s has no @Key.".formatted(name, type.getName()),
					"Annotate the parameter of its constructor that gets the key with @Key, and the class with @DeferredHandler; see that it is a component of this context."
						.formatted(),
					cause);
		}
		KeyType known = KeyType.of(type);
		if (known.type() != keys) {
			return new FailureAnalysis(
					"%s was asked for, but the keys of %s are of type %s.".formatted(name, type.getName(),
							known.type().getSimpleName()),
					"Ask for Keyed<%s, %s>.".formatted(known.type().getSimpleName(), type.getSimpleName()), cause);
		}
		return new FailureAnalysis("%s was asked for, but there is no bean of type %s.".formatted(name, type.getName()),
				"Annotate %s with @DeferredHandler, see that it is a component of this context, and that greenroom.deferred.enabled is not false."
					.formatted(type.getSimpleName()),
				cause);
	}

}
