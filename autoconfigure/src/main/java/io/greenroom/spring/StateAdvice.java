package io.greenroom.spring;

import java.lang.reflect.Method;

import io.greenroom.state.StateClass;
import io.greenroom.state.StateEntry;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/**
 * Puts the advice of one bean round the bodies of its states, not round the calls that
 * ask for a move. First in the bean's proxy: a call that asks goes straight to the
 * object, and the machine later enters the body through the proxy, with all advice behind
 * this one.
 */
final class StateAdvice implements MethodInterceptor, StateEntry {

	private final StateClass states;

	private final Object target;

	private final Object proxy;

	/**
	 * The thread that is about to come through the proxy to run a body. Written and
	 * cleared by that thread; others only compare. One at most, as one body runs at most.
	 */
	private volatile @Nullable Thread entering;

	StateAdvice(StateClass states, Object target, Object proxy) {
		this.states = states;
		this.target = target;
		this.proxy = proxy;
	}

	@Override
	public void enter(Method state, @Nullable Object[] args) throws Throwable {
		Method onProxy = ClassUtils.getInterfaceMethodIfPossible(state, this.proxy.getClass());
		boolean advised = onProxy.getDeclaringClass().isInstance(this.proxy);
		this.entering = advised ? Thread.currentThread() : null;
		try {
			AopUtils.invokeJoinpointUsingReflection(advised ? this.proxy : this.target, onProxy, args);
		}
		finally {
			this.entering = null;
		}
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (!this.states.isState(invocation.getMethod())) {
			return invocation.proceed();
		}
		if (this.entering == Thread.currentThread()) {
			this.entering = null;
			return invocation.proceed();
		}
		return AopUtils.invokeJoinpointUsingReflection(this.target, invocation.getMethod(), invocation.getArguments());
	}

}
