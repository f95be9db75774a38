package io.greenroom.deferred;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** A call that an integration has intercepted. */
final class InvocationCall extends Call {

	private final Handler handler;

	private final HandlerMethod method;

	private @Nullable Invocation invocation;

	InvocationCall(Handler handler, HandlerMethod method, Invocation invocation) {
		super(method.mode());
		this.handler = handler;
		this.method = method;
		this.invocation = invocation;
	}

	@Override
	@Nullable Object invoke() throws Throwable {
		return Objects.requireNonNull(this.invocation).proceed();
	}

	@Override
	String method() {
		return this.method.name();
	}

	@Override
	boolean isUrgent() {
		return this.method.urgent();
	}

	@Override
	boolean isReadOnly() {
		return this.method.readOnly();
	}

	@Override
	@Nullable InState required() {
		return this.method.required();
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
