package io.greenroom.deferred.internal;

import io.greenroom.deferred.InState;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/** A call of one of the handler's methods, whose declaration says how it is made. */
abstract class DeclaredCall extends Call {

	final HandlerMethod method;

	DeclaredCall(HandlerCore handler, HandlerMethod method, CallMode mode) {
		super(mode);
		this.method = method;
		if (mode == CallMode.ASYNC) {
			answeredBy(new CallFuture<>(handler, this));
		}
	}

	/** Returns what the caller has passed. */
	abstract @Nullable Object[] arguments();

	@Override
	final String method() {
		return this.method.name();
	}

	@Override
	final boolean isUrgent() {
		return this.method.urgent();
	}

	@Override
	final boolean isReadOnly() {
		return this.method.readOnly();
	}

	@Override
	final @Nullable InState required() {
		return this.method.required();
	}

}
