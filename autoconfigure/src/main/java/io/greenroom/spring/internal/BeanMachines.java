package io.greenroom.spring.internal;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.spring.InvalidStateBeansException;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.ClassUtils;

/**
 * Gives beans with states their machines, and orders their advice. Separate from
 * {@link StateBeanPostProcessor}, so that an application without such beans loads nothing
 * of it.
 */
final class BeanMachines {

	private final ObjectProvider<StateMachines> machines;

	/** {@code null} until the first bean that has states. */
	private volatile @Nullable StateMachines made;

	private final GuardAdvice guards;

	/** The advice of proxies that were exposed before their beans were complete. */
	private final Map<Object, Early> early = Collections.synchronizedMap(new IdentityHashMap<>());

	BeanMachines(ObjectProvider<StateMachines> machines, Set<String> guards) {
		this.machines = machines;
		this.guards = new GuardAdvice(guards);
	}

	/** Orders the advice of a proxy that another bean receives now. */
	void handOutEarly(Object bean, String beanName) {
		Object target = SpringProxies.targetOf(bean);
		Class<?> type = ClassUtils.getUserClass(target);
		if (bean != target && StateMachines.isStateful(target)) {
			this.early.put(target, new Early(bean, advise(bean, beanName, target, type)));
		}
	}

	/** Gives a complete bean its machine, if it has states. */
	void bind(Object bean, String beanName) {
		Object target = SpringProxies.targetOf(bean);
		Class<?> type = ClassUtils.getUserClass(target);
		if (AopUtils.isAopProxy(target) || !StateClass.isPresentOn(type)) {
			// A proxy at this point stands for several objects, such as those of a scope.
			return;
		}
		if (!StateMachines.isStateful(target)) {
			throw new InvalidStateBeansException(List.of(ordinary(beanName, type)));
		}
		Early known = this.early.remove(target);
		Object proxy = (known != null && bean == target) ? known.proxy() : bean;
		StateAdvice advice = adviceFor(proxy, known, beanName, target, type);
		Handler handler = DeferredHandles.handlerAnywhere(proxy);
		if (handler != null && advice != null) {
			join(handler, advice, target, type, KeyedActivation.of(beanName));
		}
		else {
			machines().bind(target, advice);
		}
	}

	private StateMachines machines() {
		StateMachines states = this.made;
		if (states == null) {
			states = this.machines.getObject();
			this.made = states;
		}
		return states;
	}

	private @Nullable StateAdvice adviceFor(Object proxy, @Nullable Early known, String beanName, Object target,
			Class<?> type) {
		if (known != null && known.proxy() == proxy) {
			return known.advice();
		}
		return (proxy != target) ? advise(proxy, beanName, target, type) : null;
	}

	/** Joins a bean that is also a handler, so that its calls and bodies take turns. */
	private void join(Handler handler, StateAdvice advice, Object target, Class<?> type,
			@Nullable KeyedActivation making) {
		StateMachines states = machines();
		MachineGate gate = new MachineGate(handler, states, target, StateClass.of(type));
		handler.gatedBy(gate);
		HandlerEntry entry = new HandlerEntry(handler, advice, making != null);
		boolean stored = making != null && making.durable() != null
				&& making.durable().bind(states, target, entry, gate);
		if (!stored) {
			states.bind(target, entry);
		}
	}

	private static String ordinary(String beanName, Class<?> type) {
		return "bean '%s' (%s): it has states, but was created with new, so its states are ordinary methods; in its @Bean method, return stateMachines.create(%s.class, ...), or declare it as a component"
			.formatted(beanName, type.getName(), type.getSimpleName());
	}

	private @Nullable StateAdvice advise(Object bean, String beanName, Object target, Class<?> type) {
		if (!(bean instanceof Advised proxy)) {
			return null;
		}
		StateAdvisors advisors = new StateAdvisors(StateClass.of(type), target, this.guards);
		StateAdvice advice = advisors.advise(proxy);
		if (!advisors.problems().isEmpty()) {
			throw new InvalidStateBeansException(advisors.problems()
				.stream()
				.map((problem) -> "bean '%s' (%s): %s".formatted(beanName, type.getName(), problem))
				.toList());
		}
		return advice;
	}

	void release(Object bean) {
		StateMachines states = this.made;
		if (states != null) {
			// Otherwise there is nothing to stop, and it is too late to create them.
			states.release(states.of(bean));
		}
	}

	/** A proxy that was exposed early, with its advice. */
	private record Early(Object proxy, @Nullable StateAdvice advice) {

	}

}
