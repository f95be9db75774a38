package io.greenroom.deferred.internal;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/** A call made through a view: a method with its arguments. */
class MethodCall extends DeclaredCall {

	private final CallTarget entry;

	private @Nullable Object[] arguments;

	MethodCall(HandlerMethod method, CallMode mode, CallTarget entry, @Nullable Object[] arguments) {
		super(entry.handler(), method, mode);
		this.entry = entry;
		this.arguments = arguments;
	}

	@Override
	final @Nullable Object[] arguments() {
		return this.arguments;
	}

	@Override
	@Nullable Object invoke() throws Throwable {
		return this.entry.invoke(this.method, this.arguments);
	}

	@Override
	final void runAsNested() {
		this.entry.handler().runNested(this);
	}

	@Override
	final void clear() {
		this.arguments = CallSink.NO_ARGUMENTS;
	}

}
