package io.greenroom.spring.internal;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.internal.Handler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/** Finds the handle of a handler bean. */
final class DeferredHandles {

	private DeferredHandles() {
	}

	/** Returns the handle of a bean. A factory method for bean definitions. */
	static Deferred<?> of(Object bean) {
		return of(bean, Object.class);
	}

	/**
	 * Returns the handle of a bean.
	 * @param bean the handler's bean from the bean factory
	 * @param requested the requested type of the handler
	 * @return the handle, by the class if the bean has a proxy of it, otherwise by the
	 * requested interface
	 */
	static Deferred<?> of(Object bean, Class<?> requested) {
		Handler handler = handler(bean);
		if (handler == null) {
			return standIn(bean);
		}
		Class<?> type = handler.type().type();
		if (type.isInstance(bean)) {
			return handler.deferred(erased(type), bean);
		}
		if (requested.isInterface()) {
			return handler.deferred(erased(requested), bean);
		}
		throw new IllegalStateException(
				"Handler '%s' has a proxy that only implements its interfaces; inject Deferred of one of these, or set spring.aop.proxy-target-class=true"
					.formatted(handler.name()));
	}

	/**
	 * Returns the handle of a handler bean that was not created by Spring, such as a
	 * test's mock.
	 */
	private static Deferred<?> standIn(Object bean) {
		Class<?> type = ClassUtils.getUserClass(AopUtils.getTargetClass(bean));
		if (!AnnotatedElementUtils.hasAnnotation(type, DeferredHandler.class)) {
			throw rejected(type, "%s is not a handler; annotate it with @DeferredHandler".formatted(type.getName()));
		}
		if (AopUtils.isAopProxy(bean)) {
			throw rejected(type,
					"the bean stands for all handlers of its scope, but a handle is bound to one; call the bean itself, or give it another scope");
		}
		return new PassThroughHandle<>(bean);
	}

	private static IllegalStateException rejected(Class<?> type, String reason) {
		return new IllegalStateException("Deferred<%s> was requested, but %s".formatted(type.getSimpleName(), reason));
	}

	/** Returns the handler behind a bean, or {@code null} if it has none. */
	static @Nullable Handler handler(Object bean) {
		return (bean instanceof Advised advised && advised.getAdvisorCount() > 0
				&& advised.getAdvisors()[0].getAdvice() instanceof MailboxInterceptor mailbox) ? mailbox.handler()
						: null;
	}

	/**
	 * Returns the handler behind a bean that may still receive further advice, or {@code
	 * null} if it has none.
	 */
	static @Nullable Handler handlerAnywhere(Object bean) {
		for (Object level = bean; level instanceof Advised advised; level = AopProxyUtils.getSingletonTarget(level)) {
			for (Advisor advisor : advised.getAdvisors()) {
				if (advisor.getAdvice() instanceof MailboxInterceptor mailbox) {
					return mailbox.handler();
				}
			}
		}
		return null;
	}

	@SuppressWarnings("unchecked")
	private static Class<Object> erased(Class<?> type) {
		return (Class<Object>) type;
	}

}
