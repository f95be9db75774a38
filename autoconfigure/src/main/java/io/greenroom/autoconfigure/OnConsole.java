package io.greenroom.autoconfigure;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * As {@code greenroom.console.enabled} says; unless it is set, where the developer tools
 * are at work, which have added their settings to the environment then. Their classes
 * alone say nothing: an application that was packaged may still have them.
 */
final class OnConsole implements Condition {

	static final String KEY = "greenroom.console.enabled";

	private static final String DEVELOPER_TOOLS = "devtools";

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		return environment.getProperty(KEY, Boolean.class, environment instanceof ConfigurableEnvironment configurable
				&& configurable.getPropertySources().contains(DEVELOPER_TOOLS));
	}

}
