package io.greenroom.spring.internal;

import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.durable.internal.DurableInstance;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * The innermost advice of a durable handler. Stores the changes of a body in the
 * transaction that other advice has begun around it.
 */
final class DurableInterceptor implements AdviceOfAll {

	private final DurableInstance instance;

	private final HandlerType type;

	DurableInterceptor(DurableInstance instance, HandlerType type) {
		this.instance = instance;
		this.type = type;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (ReflectionUtils.isObjectMethod(invocation.getMethod())) {
			return invocation.proceed();
		}
		return this.instance.run(invocation.getMethod().getName(), this.type.isReadOnly(invocation.getMethod()),
				invocation::proceed);
	}

}
