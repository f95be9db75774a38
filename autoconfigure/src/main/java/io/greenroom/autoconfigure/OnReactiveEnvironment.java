package io.greenroom.autoconfigure;

import org.springframework.boot.web.context.reactive.ConfigurableReactiveWebEnvironment;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Decides by the environment, which exists before the classes of WebFlux are needed. */
final class OnReactiveEnvironment implements Condition {

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		return context.getEnvironment() instanceof ConfigurableReactiveWebEnvironment;
	}

}
