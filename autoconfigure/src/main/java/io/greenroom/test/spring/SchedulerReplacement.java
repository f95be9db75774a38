package io.greenroom.test.spring;

import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.worker.Worker;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.test.DeterministicScheduler;
import io.greenroom.test.GreenroomTest.TestCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;

/**
 * Replaces the scheduler of the auto-configuration by a deterministic one, once all
 * configuration is read. Leaves a scheduler of the application's own alone.
 */
final class SchedulerReplacement implements BeanDefinitionRegistryPostProcessor, Ordered {

	private static final Logger log = LoggerFactory.getLogger(SchedulerReplacement.class);

	private static final String SCHEDULER = "greenScheduler";

	/** The name of the bean that steps the scheduler. */
	private static final String DETERMINISTIC = "deterministicScheduler";

	/** By name, because nothing may depend on the auto-configuration. */
	private static final String OURS = "io.greenroom.autoconfigure.SchedulerBeans$LazySchedulerBeans";

	private static final String TRANSACTIONS = "greenroomTransactions";

	private final ConfigurableListableBeanFactory beans;

	private final TestCalls calls;

	SchedulerReplacement(ConfigurableListableBeanFactory beans, TestCalls calls) {
		this.beans = beans;
		this.calls = calls;
	}

	/** After the post-processor that reads the configuration classes. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (!registry.containsBeanDefinition(SCHEDULER)) {
			return;
		}
		BeanDefinition declared = registry.getBeanDefinition(SCHEDULER);
		if (!OURS.equals(declared.getBeanClassName())) {
			log.warn(
					"The application of this @GreenroomTest declares its own bean '{}', which is kept, so that the test does not run in virtual time",
					SCHEDULER);
			return;
		}
		RootBeanDefinition deterministic = new RootBeanDefinition(DeterministicScheduler.class, this::deterministic);
		deterministic.setDestroyMethodName("close");
		registry.registerBeanDefinition(DETERMINISTIC, deterministic);
		RootBeanDefinition scheduler = new RootBeanDefinition(GreenScheduler.class,
				() -> this.beans.getBean(DETERMINISTIC, DeterministicScheduler.class).scheduler());
		scheduler.setLazyInit(true);
		scheduler.setDestroyMethodName("");
		registry.removeBeanDefinition(SCHEDULER);
		registry.registerBeanDefinition(SCHEDULER, scheduler);
	}

	private DeterministicScheduler deterministic() {
		DeterministicScheduler made = DeterministicScheduler.of(Worker.builder()
			.observer(Observer.all(this.beans.getBeanProvider(Observer.class).orderedStream().toList()))
			.contextCarrier(
					this.beans.getBeanProvider(ContextCarrier.class).getIfAvailable(() -> ContextCarrier.NONE)));
		// Beans may call handlers while the context starts.
		GreenroomTestListener.lead(made);
		return made;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
		if (this.calls != TestCalls.AS_USUAL) {
			factory.addBeanPostProcessor(new TransactionsOfTests(this.calls));
		}
	}

	/** Makes what knows the callers' transactions know that of the test as well. */
	private record TransactionsOfTests(TestCalls calls) implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (beanName.equals(TRANSACTIONS) && bean instanceof CallerTransactions transactions)
					? new TestTransactions(transactions, this.calls) : bean;
		}

	}

}
