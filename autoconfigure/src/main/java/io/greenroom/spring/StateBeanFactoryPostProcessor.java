package io.greenroom.spring;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.state.StateClass;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Lets Spring make beans with {@link io.greenroom.state.State @State} methods from the
 * enhanced class, whatever their scope, and stops the start with everything that is wrong
 * with the states of all of them.
 */
public final class StateBeanFactoryPostProcessor implements BeanFactoryPostProcessor, PriorityOrdered {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		List<String> problems = new ArrayList<>();
		for (String name : beanFactory.getBeanDefinitionNames()) {
			if (beanFactory.getBeanDefinition(name) instanceof AbstractBeanDefinition definition) {
				Class<?> type = classToMake(definition, beanFactory.getBeanClassLoader());
				if (type != null && StateClass.isPresentOn(type)) {
					enhance(name, definition, type, problems);
				}
			}
		}
		if (!problems.isEmpty()) {
			throw new InvalidStateBeansException(problems);
		}
	}

	private static void enhance(String name, AbstractBeanDefinition definition, Class<?> type, List<String> problems) {
		StateClass states = StateClass.of(type);
		if (states.problems().isEmpty()) {
			definition.setBeanClass(states.enhanced());
		}
		states.problems()
			.forEach((problem) -> problems.add("bean '%s' (%s): %s".formatted(name, type.getName(), problem)));
	}

	/**
	 * Returns the class whose constructor Spring will call, {@code null} where a method
	 * or supplier makes the bean.
	 */
	private static @Nullable Class<?> classToMake(AbstractBeanDefinition definition, @Nullable ClassLoader loader) {
		if (definition.getFactoryMethodName() != null || definition.getInstanceSupplier() != null
				|| definition.getBeanClassName() == null) {
			return null;
		}
		try {
			return definition.hasBeanClass() ? definition.getBeanClass() : definition.resolveBeanClass(loader);
		}
		catch (ClassNotFoundException | LinkageError missing) {
			// Spring reports it if the bean is ever needed.
			return null;
		}
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
