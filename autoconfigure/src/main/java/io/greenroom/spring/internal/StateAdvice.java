package io.greenroom.spring.internal;

import java.lang.reflect.Method;

import io.greenroom.state.StateClass;
import io.greenroom.state.StateEntry;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/**
 * Applies the advice of a bean to the bodies of its states, not to the calls that ask for
 * a move. It is the first advice in the bean's proxy. A call that asks for a move is
 * judged by the advice that guards, and passed directly to the object. The machine later
 * enters the body through the proxy, with all other advice after this one.
 */
final class StateAdvice implements AdviceOfAll, StateEntry {

	private final StateClass states;

	private final Object target;

	private final Object proxy;

	private final AskingGuards guards;

	/**
	 * The thread that is about to enter the proxy to run a body. Written and cleared by
	 * that thread; other threads only compare. One is enough, because only one body runs
	 * at a time.
	 */
	private volatile @Nullable Thread entering;

	/** The thread of the body. Written by that thread; other threads only compare. */
	private volatile @Nullable Thread body;

	StateAdvice(StateClass states, Object target, Object proxy, AskingGuards guards) {
		this.states = states;
		this.target = target;
		this.proxy = proxy;
		this.guards = guards;
	}

	@Override
	public void enter(Method state, @Nullable Object[] args) throws Throwable {
		Method onProxy = ClassUtils.getInterfaceMethodIfPossible(state, this.proxy.getClass());
		boolean advised = onProxy.getDeclaringClass().isInstance(this.proxy);
		this.body = Thread.currentThread();
		this.entering = advised ? Thread.currentThread() : null;
		try {
			if (advised) {
				AopUtils.invokeJoinpointUsingReflection(this.proxy, onProxy, args);
			}
			else {
				this.states.call(this.target, state, args);
			}
		}
		finally {
			this.entering = null;
			this.body = null;
		}
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Method called = invocation.getMethod();
		if (!this.states.isState(called)) {
			return invocation.proceed();
		}
		if (this.entering == Thread.currentThread()) {
			this.entering = null;
			return invocation.proceed();
		}
		@Nullable Object[] args = invocation.getArguments();
		if (!this.guards.isEmpty()) {
			AskingGuards.Verdict verdict = this.guards.judge(this.proxy, this.target, called, args);
			if (!verdict.passed()) {
				return verdict.result();
			}
			args = verdict.args().toArray();
		}
		return AopUtils.invokeJoinpointUsingReflection(this.target, called, args);
	}

	/**
	 * Returns the last advice, right before the object, which no other thread may reach.
	 */
	AdviceOfAll innermost() {
		return (invocation) -> {
			if (!this.states.isState(invocation.getMethod())) {
				return invocation.proceed();
			}
			if (this.body != Thread.currentThread()) {
				throw new IllegalStateException(
						"An advice of %s moves the body of state '%s' to another thread; the body already runs on its machine's green thread, so remove that advice from the state"
							.formatted(this.states.type().getName(), invocation.getMethod().getName()));
			}
			this.states.call(this.target, invocation.getMethod(), invocation.getArguments());
			return null;
		};
	}

}
