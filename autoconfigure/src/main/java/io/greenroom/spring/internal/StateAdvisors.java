package io.greenroom.spring.internal;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.adapter.GlobalAdvisorAdapterRegistry;
import org.springframework.aop.interceptor.AsyncExecutionAspectSupport;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * Sorts the advice of a bean with states. Advice that guards is kept away from the
 * bodies, and advice that cannot wrap a body is rejected.
 */
final class StateAdvisors {

	private static final List<String> AFTER_THE_CALL = List.of(
			"org.springframework.security.access.prepost.PostAuthorize",
			"org.springframework.security.access.prepost.PostFilter");

	private static final boolean TRANSACTIONS = ClassUtils.isPresent(
			"org.springframework.transaction.interceptor.TransactionInterceptor", StateAdvisors.class.getClassLoader());

	private final StateClass states;

	private final Object target;

	private final List<Method> methods;

	private final GuardAdvice rule;

	private final List<String> problems = new ArrayList<>();

	StateAdvisors(StateClass states, Object target, GuardAdvice rule) {
		this.states = states;
		this.target = target;
		this.rule = rule;
		this.methods = states.states().stream().map(StateDescriptor::name).map(states::method).toList();
	}

	/** Returns the problems that {@link #advise} has found. */
	List<String> problems() {
		return this.problems;
	}

	/** Puts the advice of states first in a proxy, and sorts the rest. */
	StateAdvice advise(Advised outermost) {
		AskingGuards guards = new AskingGuards();
		StateAdvice advice = new StateAdvice(this.states, this.target, outermost, guards);
		Advised innermost = outermost;
		for (Object level = outermost; level instanceof Advised proxy; level = AopProxyUtils
			.getSingletonTarget(level)) {
			rejectFrozen(proxy);
			if (!this.problems.isEmpty()) {
				return advice;
			}
			for (Advisor advisor : proxy.getAdvisors()) {
				sort(proxy, advisor, guards);
			}
			innermost = proxy;
		}
		outermost.addAdvisor(0, advice);
		innermost.addAdvisor(advice.innermost());
		return advice;
	}

	private void rejectFrozen(Advised proxy) {
		if (proxy.isFrozen()) {
			this.problems.add("its proxy is frozen, so its advice can't be applied to its states; don't freeze it");
		}
	}

	private void sort(Advised proxy, Advisor advisor, AskingGuards guards) {
		Method state = firstMatch(advisor);
		if (state == null) {
			return;
		}
		if (advisor.getAdvice() instanceof AsyncExecutionAspectSupport) {
			this.problems.add(async(state));
		}
		else if (this.rule.guards(advisor)) {
			rejectAfterTheCall();
			guards.add(advisor);
			takeOffBodies(proxy, advisor);
		}
		else {
			Method neverWorks = mandatory(advisor.getAdvice());
			if (neverWorks != null) {
				this.problems.add(mandatory(neverWorks));
			}
		}
	}

	static String async(Method state) {
		return "state '%s' is @Async, or has other advice that moves its body to another thread; the body already runs on its machine's green thread, so remove that advice"
			.formatted(state.getName());
	}

	static String mandatory(Method state) {
		return "state '%s' has a transaction with Propagation.MANDATORY, but its body runs on its machine's green thread, which is never in a caller's transaction, so it would always fail; use REQUIRED, which begins a transaction for the body"
			.formatted(state.getName());
	}

	private @Nullable Method firstMatch(Advisor advisor) {
		if (!(advisor instanceof PointcutAdvisor withPointcut)) {
			return null;
		}
		Pointcut pointcut = withPointcut.getPointcut();
		Class<?> type = this.target.getClass();
		return pointcut.getClassFilter().matches(type) ? this.methods.stream()
			.filter((state) -> pointcut.getMethodMatcher().matches(state, type))
			.findFirst()
			.orElse(null) : null;
	}

	private @Nullable Method mandatory(Advice advice) {
		return TRANSACTIONS ? TransactionAdvice.mandatory(advice, this.methods, this.target.getClass()) : null;
	}

	/** A state returns nothing that could be judged, and its work is done by then. */
	private void rejectAfterTheCall() {
		for (Method state : this.methods) {
			for (String annotation : AFTER_THE_CALL) {
				if (Stream.<AnnotatedElement>of(state, this.states.type())
					.anyMatch((element) -> MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY)
						.isPresent(annotation))) {
					String problem = "state '%s' has @%s, which judges the result of a call, but a state returns nothing; use @PreAuthorize"
						.formatted(state.getName(), ClassUtils.getShortName(annotation));
					if (!this.problems.contains(problem)) {
						this.problems.add(problem);
					}
				}
			}
		}
	}

	/**
	 * A state that reaches a guard is a body, because the call that asked for it was
	 * judged before.
	 */
	private void takeOffBodies(Advised proxy, Advisor guard) {
		int index = proxy.indexOf(guard);
		proxy.removeAdvisor(index);
		Pointcut pointcut = ((PointcutAdvisor) guard).getPointcut();
		for (MethodInterceptor interceptor : GlobalAdvisorAdapterRegistry.getInstance().getInterceptors(guard)) {
			proxy.addAdvisor(index++, new DefaultPointcutAdvisor(pointcut, (MethodInterceptor) (invocation) -> {
				boolean body = this.states.isState(invocation.getMethod());
				return body ? invocation.proceed() : interceptor.invoke(invocation);
			}));
		}
	}

}
