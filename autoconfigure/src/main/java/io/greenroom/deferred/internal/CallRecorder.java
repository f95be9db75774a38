package io.greenroom.deferred.internal;

import java.io.Serial;
import java.util.Objects;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * Records the one call that a function makes of a handler. The recorded call can be made
 * elsewhere, which the function cannot.
 */
final class CallRecorder implements CallSink {

	private final HandlerFamily family;

	private final String handler;

	private @Nullable HandlerMethod method;

	private @Nullable Object[] arguments = NO_ARGUMENTS;

	CallRecorder(HandlerFamily family, String handler) {
		this.family = family;
		this.handler = handler;
	}

	@Override
	public @Nullable Object call(int number, @Nullable Object[] arguments) {
		HandlerMethod called = this.family.method(number);
		if (this.method != null) {
			throw new Misuse(
					"The function given to Deferred.async of %s calls %s and then %s, but one call of a handler by key is made at a time; give the handler a method that does both"
						.formatted(this.handler, this.method.name(), called.name()));
		}
		this.method = called;
		this.arguments = arguments;
		return called.nothing();
	}

	/**
	 * Returns the call.
	 * @param returned what the function returned, which must be what the call returned to
	 * it
	 */
	RoutedCall recorded(@Nullable Object returned) {
		HandlerMethod called = this.method;
		if (called == null) {
			throw new Misuse(
					"The function given to Deferred.async of %s calls no method of it; for a handler by key it makes one call, whose result the future gets"
						.formatted(this.handler));
		}
		if (returned != null && !Objects.equals(returned, called.nothing())) {
			throw new Misuse(
					"The function given to Deferred.async of %s returns something of its own, but the future gets the result of %s; return that, and go on with thenApply"
						.formatted(this.handler, called.name()));
		}
		return new RoutedCall(this.family, called, CallMode.ASYNC, this.arguments, true, CallSubmitter.AS_DECLARED);
	}

	@Override
	public boolean sameAs(@Nullable Object other) {
		return other instanceof View view && view.greenroom$sink() == this;
	}

	@Override
	public String describe() {
		return "Handler[%s] in Deferred.async".formatted(this.handler);
	}

	/** Thrown if the function does something that cannot be recorded. */
	static final class Misuse extends IllegalArgumentException {

		@Serial
		private static final long serialVersionUID = 1L;

		Misuse(String message) {
			super(message);
		}

	}

}
