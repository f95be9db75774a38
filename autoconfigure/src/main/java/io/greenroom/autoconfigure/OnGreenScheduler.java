package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if there is a scheduler, which nearly always has the name that Greenroom gives
 * it. Only otherwise are the types of all beans looked at.
 */
final class OnGreenScheduler extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		boolean present = beans != null && (isNamed(beans) || BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans,
				GreenScheduler.class, true, false).length > 0);
		return new ConditionOutcome(present,
				ConditionMessage.forCondition("Green scheduler").because("there is " + (present ? "one" : "none")));
	}

	private static boolean isNamed(ConfigurableListableBeanFactory beans) {
		return beans.containsBeanDefinition(SchedulerBeans.SCHEDULER)
				&& beans.isTypeMatch(SchedulerBeans.SCHEDULER, GreenScheduler.class);
	}

}
