package io.greenroom.deferred.internal;

import java.util.Objects;
import java.util.function.Function;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/** A function of the handler, run as one call. */
final class FunctionCall<T, R extends @Nullable Object> extends Call {

	private final HandlerCore handler;

	private @Nullable Function<? super T, ? extends R> function;

	private final T entry;

	FunctionCall(HandlerCore handler, Function<? super T, ? extends R> function, T entry) {
		super(CallMode.ASYNC);
		this.handler = handler;
		this.function = Objects.requireNonNull(function, "function");
		this.entry = entry;
		answeredBy(new CallFuture<>(handler, this));
	}

	@Override
	@Nullable Object invoke() {
		return Objects.requireNonNull(this.function).apply(this.entry);
	}

	@Override
	String method() {
		return "async";
	}

	@Override
	boolean isFlat() {
		return false;
	}

	@Override
	void runAsNested() {
		this.handler.runNested(this);
	}

	@Override
	void clear() {
		this.function = null;
	}

}
