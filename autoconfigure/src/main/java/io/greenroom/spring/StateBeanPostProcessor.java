package io.greenroom.spring;

import java.util.List;

import io.greenroom.deferred.Handler;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Gives each bean with states its machine when the bean is complete, advice and all, so
 * that a state called by a constructor or an initialisation method starts then; stops the
 * machine when the bean is destroyed. Stops the start where somebody else made the object
 * and its states are no states.
 * <p>
 * Unordered on purpose: it sees the bean after the post-processors that wrap it.
 */
public final class StateBeanPostProcessor implements DestructionAwareBeanPostProcessor {

	private final SingletonSupplier<StateMachines> machines;

	/**
	 * Makes the post-processor.
	 * @param machines the state machines, asked for at the first bean that has states
	 */
	public StateBeanPostProcessor(ObjectProvider<StateMachines> machines) {
		this.machines = SingletonSupplier.of(machines::getObject);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Object target = SpringProxies.targetOf(bean);
		Class<?> type = ClassUtils.getUserClass(target);
		if (AopUtils.isAopProxy(target) || !StateClass.isPresentOn(type)) {
			// A proxy left here stands for several objects, such as those of a scope.
			return bean;
		}
		if (!StateMachines.isStateful(target)) {
			throw new InvalidStateBeansException(List.of(ordinary(beanName, type)));
		}
		StateAdvice advice = (bean != target) ? advise(bean, beanName, target, type) : null;
		Handler handler = DeferredHandles.handlerAnywhere(bean);
		if (handler != null && advice != null) {
			join(handler, advice, target, type);
		}
		else {
			this.machines.obtain().bind(target, advice);
		}
		return bean;
	}

	/** The bean is a handler too, whose calls and bodies go in turns. */
	private void join(Handler handler, StateAdvice advice, Object target, Class<?> type) {
		StateMachines states = this.machines.obtain();
		handler.gatedBy(new MachineGate(states, target, StateClass.of(type)));
		states.bind(target, new HandlerEntry(handler, advice));
	}

	private static String ordinary(String beanName, Class<?> type) {
		return "bean '%s' (%s): it has states, but was made with new, so that they are ordinary methods; in its @Bean method, return stateMachines.create(%s.class, ...), or declare it as a component"
			.formatted(beanName, type.getName(), type.getSimpleName());
	}

	private static @Nullable StateAdvice advise(Object bean, String beanName, Object target, Class<?> type) {
		if (!(bean instanceof Advised proxy)) {
			return null;
		}
		if (proxy.isFrozen()) {
			throw new InvalidStateBeansException(List
				.of("bean '%s' (%s): its proxy is frozen, so that its advice can't be put round its states; don't freeze it"
					.formatted(beanName, type.getName())));
		}
		StateAdvice advice = new StateAdvice(StateClass.of(type), target, bean);
		proxy.addAdvisor(0, new DefaultPointcutAdvisor(advice));
		return advice;
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		this.machines.obtain().of(bean).stop();
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return StateMachines.isStateful(SpringProxies.targetOf(bean));
	}

}
