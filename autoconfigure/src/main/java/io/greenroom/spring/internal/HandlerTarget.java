package io.greenroom.spring.internal;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.target.SingletonTargetSource;

/**
 * The target of a handler's bean, which is only equal to itself. When Spring's proxies
 * are compared, they compare their targets, and the target's own {@code equals} would run
 * concurrently with its bodies.
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
