package io.greenroom.spring.internal;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.target.SingletonTargetSource;

/**
 * The target of a handler's bean, which is equal to itself only. Spring's proxies compare
 * their targets where they are compared, and a target's own methods for that would run
 * beside its bodies.
 */
final class HandlerTarget extends SingletonTargetSource {

	private static final long serialVersionUID = 1L;

	HandlerTarget(Object target) {
		super(target);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof HandlerTarget that && that.getTarget() == getTarget();
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(getTarget());
	}

}
