package io.greenroom.deferred.internal;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/** A call that was stored, and whose deliverer is told its outcome. */
final class DeliveredCall extends MethodCall {

	private final Delivering round;

	DeliveredCall(HandlerMethod method, CallTarget entry, @Nullable Object[] arguments, Delivering round) {
		super(method, CallMode.ASYNC, entry, arguments);
		this.round = round;
	}

	@Override
	@Nullable Object invoke() throws Throwable {
		return this.round.run(super::invoke);
	}

	@Override
	boolean isFlat() {
		return false;
	}

}
