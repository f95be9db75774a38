package io.greenroom.spring.internal;

import java.util.Set;

import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.util.ClassUtils;

/**
 * Gives each bean with states its machine when the bean is complete, advice and all, so
 * that a state called by a constructor or an initialisation method starts then; stops the
 * machine when the bean is destroyed. Stops the start where somebody else made the object
 * and its states are no states.
 * <p>
 * Unordered on purpose: it sees the bean after the post-processors that wrap it.
 */
public final class StateBeanPostProcessor
		implements DestructionAwareBeanPostProcessor, SmartInstantiationAwareBeanPostProcessor {

	private final ObjectProvider<StateMachines> machines;

	private final Set<String> guards;

	/** Null until the first bean that may have states; all about machines is there. */
	private volatile @Nullable BeanMachines made;

	/**
	 * Makes the post-processor.
	 * @param machines the state machines, asked for at the first bean that has states
	 * @param guards the names of classes of advice that guard, beside those that are
	 * known to, and those marked with {@link io.greenroom.state.StateGuard}
	 */
	public StateBeanPostProcessor(ObjectProvider<StateMachines> machines, Set<String> guards) {
		this.machines = machines;
		this.guards = Set.copyOf(guards);
	}

	/**
	 * Another bean gets this one before it is complete: the proxy it gets is the one that
	 * everybody will have, and needs its advice in order now.
	 */
	@Override
	public Object getEarlyBeanReference(Object bean, String beanName) {
		if (mayHaveStates(bean)) {
			made().handOutEarly(bean, beanName);
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (mayHaveStates(bean)) {
			made().bind(bean, beanName);
		}
		return bean;
	}

	private static boolean mayHaveStates(Object bean) {
		return Marks.areOfStates(ClassUtils.getUserClass(SpringProxies.targetOf(bean)));
	}

	private synchronized BeanMachines made() {
		BeanMachines known = this.made;
		if (known == null) {
			known = new BeanMachines(this.machines, this.guards);
			this.made = known;
		}
		return known;
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		BeanMachines known = this.made;
		if (known != null) {
			known.release(bean);
		}
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return this.made != null && StateMachines.isStateful(SpringProxies.targetOf(bean));
	}

}
