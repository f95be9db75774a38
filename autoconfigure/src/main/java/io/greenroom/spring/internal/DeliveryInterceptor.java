package io.greenroom.spring.internal;

import io.greenroom.durable.internal.DeliveryRun;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;

/**
 * The innermost advice of a handler with durable methods. Removes a delivered call from
 * the database in the transaction that other advice has begun around its body.
 */
final class DeliveryInterceptor implements AdviceOfAll {

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		DeliveryRun run = DeliveryRun.current();
		return (run != null) ? run.under(invocation.getMethod().getName(), invocation::proceed) : invocation.proceed();
	}

	/** Adds it inside all other advice, unless it is already present. */
	static void under(Advised outermost, String beanName) {
		Advised innermost = outermost;
		for (Object level = outermost; level instanceof Advised advised; level = AopProxyUtils
			.getSingletonTarget(level)) {
			innermost = advised;
		}
		int last = innermost.getAdvisorCount();
		if (last > 0 && innermost.getAdvisors()[last - 1].getAdvice() instanceof DeliveryInterceptor) {
			return;
		}
		Mailboxes.rejectFrozen(innermost, beanName);
		innermost.addAdvisor(last, new DeliveryInterceptor());
	}

}
