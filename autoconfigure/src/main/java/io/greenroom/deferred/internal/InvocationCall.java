package io.greenroom.deferred.internal;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** A call that an integration has intercepted. */
final class InvocationCall extends DeclaredCall {

	private final HandlerCore handler;

	private @Nullable Invocation invocation;

	InvocationCall(HandlerCore handler, HandlerMethod method, Invocation invocation) {
		super(handler, method, method.mode());
		this.handler = handler;
		this.invocation = invocation;
	}

	@Override
	@Nullable Object[] arguments() {
		return Objects.requireNonNull(this.invocation).arguments();
	}

	@Override
	@Nullable Object invoke() throws Throwable {
		return Objects.requireNonNull(this.invocation).proceed();
	}

	@Override
	void runAsNested() {
		this.handler.runNested(this);
	}

	@Override
	void clear() {
		this.invocation = null;
	}

}
