package io.greenroom.spring.internal;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Reads the rows of durable handlers into their instances, before the application's
 * initialisation code runs.
 */
public final class DurableLoader implements BeanPostProcessor, PriorityOrdered {

	/** Creates the post-processor. */
	public DurableLoader() {
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		KeyedActivation making = KeyedActivation.of(beanName);
		if (making != null && making.durable() != null) {
			making.durable().load(bean);
		}
		return bean;
	}

}
