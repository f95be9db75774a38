package io.greenroom.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * Matches where calls are to be observed: where the application says so, or says nothing
 * and has a tracer. Without one, observations would be timers that there are already.
 */
final class OnObservations extends SpringBootCondition {

	private static final String TRACER = "io.micrometer.tracing.Tracer";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		@Nullable Boolean said = context.getEnvironment().getProperty("greenroom.observations.enabled", Boolean.class);
		boolean wanted = (said != null) ? said : ClassUtils.isPresent(TRACER, context.getClassLoader());
		return new ConditionOutcome(wanted,
				ConditionMessage.forCondition("Observations")
					.because((said != null) ? "greenroom.observations.enabled is " + said
							: "there is " + (wanted ? "" : "no ") + TRACER));
	}

}
