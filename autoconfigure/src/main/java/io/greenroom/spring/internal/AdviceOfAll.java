package io.greenroom.spring.internal;

import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;

import org.springframework.aop.Advisor;

/**
 * Advice for all methods of a proxy, which needs no pointcut. A proxy with any pointcut
 * keeps a table of its methods: for each instance of a handler by key that is some 200
 * bytes, and for each call of a bean a search.
 */
@FunctionalInterface
interface AdviceOfAll extends MethodInterceptor, Advisor {

	@Override
	default Advice getAdvice() {
		return this;
	}

}
