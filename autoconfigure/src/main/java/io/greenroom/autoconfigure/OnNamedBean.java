package io.greenroom.autoconfigure;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if there is a bean of a type, which nearly always has the name that Greenroom
 * gives it. Only otherwise are the types of all beans looked at.
 */
abstract class OnNamedBean extends SpringBootCondition implements ConfigurationCondition {

	private final String name;

	private final Class<?> type;

	OnNamedBean(String name, Class<?> type) {
		this.name = name;
		this.type = type;
	}

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		boolean present = beans != null && (isNamed(beans)
				|| BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, this.type, true, false).length > 0);
		return new ConditionOutcome(present, ConditionMessage.forCondition(this.type.getSimpleName())
			.because("there is " + (present ? "one" : "none")));
	}

	private boolean isNamed(ConfigurableListableBeanFactory beans) {
		return beans.containsBeanDefinition(this.name) && beans.isTypeMatch(this.name, this.type);
	}

}
