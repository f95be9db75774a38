package io.greenroom.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if the application does not decide on virtual threads itself. */
final class OnUndecidedVirtualThreads extends SpringBootCondition {

	private static final String KEY = "spring.threads.virtual.enabled";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean decided = isDecided(context.getEnvironment());
		return new ConditionOutcome(!decided, ConditionMessage.forCondition("Undecided virtual threads")
			.because(KEY + (decided ? " is set" : " is not set")));
	}

	static boolean isDecided(Environment environment) {
		return environment.containsProperty(KEY);
	}

}
