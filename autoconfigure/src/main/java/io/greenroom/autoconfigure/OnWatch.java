package io.greenroom.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches where the application wants carriers to be watched. */
final class OnWatch extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean wanted = SettingsCheck.isAnySet("greenroom.watch", context.getEnvironment());
		return new ConditionOutcome(wanted, ConditionMessage.forCondition("Watch")
			.because("greenroom.watch.* is " + (wanted ? "there" : "not set")));
	}

}
