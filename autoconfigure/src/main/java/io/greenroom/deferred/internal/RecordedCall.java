package io.greenroom.deferred.internal;

import io.greenroom.deferred.Deferred;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A call that was recorded from a function given to {@link Deferred#async}. Its future
 * completes with the function's result, even if that is itself a future.
 */
final class RecordedCall extends MethodCall {

	RecordedCall(HandlerMethod method, CallTarget entry, @Nullable Object[] arguments) {
		super(method, CallMode.ASYNC, entry, arguments);
	}

	@Override
	boolean isFlat() {
		return false;
	}

}
