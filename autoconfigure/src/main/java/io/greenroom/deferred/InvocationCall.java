package io.greenroom.deferred;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** A call that an integration has intercepted. */
final class InvocationCall extends DeclaredCall {

	private final Handler handler;

	private @Nullable Invocation invocation;

	InvocationCall(Handler handler, HandlerMethod method, Invocation invocation) {
		super(method, method.mode());
		this.handler = handler;
		this.invocation = invocation;
	}

	@Override
	@Nullable Object invoke() throws Throwable {
		return Objects.requireNonNull(this.invocation).proceed();
	}

	@Override
	Handler handler() {
		return this.handler;
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
