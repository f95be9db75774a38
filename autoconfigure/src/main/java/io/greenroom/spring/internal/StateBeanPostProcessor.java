package io.greenroom.spring.internal;

import java.util.Set;

import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.util.ClassUtils;

/**
 * Gives each bean with states its machine when the bean is complete, including its
 * advice, so that a state that was called by a constructor or an initialisation method
 * starts then. Stops the machine when the bean is destroyed. Fails the start if the
 * object was created elsewhere, and its states are ordinary methods.
 * <p>
 * It is unordered so that it sees the bean after the post-processors that wrap it.
 */
public final class StateBeanPostProcessor
		implements DestructionAwareBeanPostProcessor, SmartInstantiationAwareBeanPostProcessor {

	private final ObjectProvider<StateMachines> machines;

	private final Set<String> guards;

	/**
	 * {@code null} until the first bean that may have states. Holds everything about
	 * machines.
	 */
	private volatile @Nullable BeanMachines made;

	/**
	 * Creates the post-processor.
	 * @param machines the state machines, requested for the first bean that has states
	 * @param guards the names of advice classes that guard, in addition to the well-known
	 * ones and those that are annotated with {@link io.greenroom.state.StateGuard}
	 */
	public StateBeanPostProcessor(ObjectProvider<StateMachines> machines, Set<String> guards) {
		this.machines = machines;
		this.guards = Set.copyOf(guards);
	}

	/**
	 * Called when another bean receives this one before it is complete. All beans will
	 * share that proxy, so its advice must be in order now.
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
