package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.AdvisedSupport;
import org.springframework.aop.framework.ReflectiveMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;

/**
 * The advice of a bean that judges calls that ask for a move, in the order of the proxy.
 * Each advice may inspect and change the arguments. The move is made after all of them
 * have returned, so the last one can still prevent it.
 */
final class AskingGuards {

	private final AdvisedSupport chain = new AdvisedSupport();

	private boolean empty = true;

	/** Adds a guard after the existing ones. Must be called before the first call. */
	void add(Advisor guard) {
		if (this.empty) {
			// Advice of aspects looks there for its call.
			this.chain.addAdvisor(ExposeInvocationInterceptor.ADVISOR);
			this.empty = false;
		}
		this.chain.addAdvisor(guard);
	}

	boolean isEmpty() {
		return this.empty;
	}

	Verdict judge(Object proxy, Object target, Method called, @Nullable Object[] args) throws Throwable {
		Class<?> type = target.getClass();
		Asking asking = new Asking(proxy, target, called, args, type,
				this.chain.getInterceptorsAndDynamicInterceptionAdvice(called, type));
		Object result = asking.proceed();
		return new Verdict(asking.passed, Arrays.asList(asking.getArguments()), result);
	}

	/**
	 * The verdict of the guards.
	 *
	 * @param passed whether all of them proceeded
	 * @param args the arguments after all of them
	 * @param result the result for the caller if a guard did not proceed
	 */
	record Verdict(boolean passed, List<@Nullable Object> args, @Nullable Object result) {

	}

	/** A call that ends where the object would be called. */
	private static final class Asking extends ReflectiveMethodInvocation {

		private boolean passed;

		Asking(Object proxy, Object target, Method method, @Nullable Object[] args, Class<?> type, List<Object> chain) {
			super(proxy, target, method, args, type, chain);
		}

		@Override
		protected @Nullable Object invokeJoinpoint() {
			this.passed = true;
			return null;
		}

	}

}
