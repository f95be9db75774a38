package io.greenroom.test.spring;

import io.greenroom.test.DeterministicScheduler;
import io.greenroom.test.GreenroomTest.TestCalls;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Adds what replaces the scheduler to a context. Equal ones share a cached context.
 *
 * @param calls what becomes of calls in a test's own transaction
 */
record GreenroomContextCustomizer(TestCalls calls) implements ContextCustomizer {

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		if (beans instanceof BeanDefinitionRegistry registry) {
			RootBeanDefinition replacement = new RootBeanDefinition(SchedulerReplacement.class,
					() -> new SchedulerReplacement(beans, this.calls));
			registry.registerBeanDefinition(SchedulerReplacement.class.getName(), replacement);
		}
	}

}
