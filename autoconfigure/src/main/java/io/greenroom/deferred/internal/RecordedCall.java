package io.greenroom.deferred.internal;

import io.greenroom.deferred.Deferred;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A call that was taken down in a function given to {@link Deferred#async}: its future is
 * the function's result, also where that is a future itself.
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
