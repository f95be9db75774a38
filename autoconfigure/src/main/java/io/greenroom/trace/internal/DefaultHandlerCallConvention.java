package io.greenroom.trace.internal;

import java.util.Locale;

import io.greenroom.trace.HandlerCallContext;
import io.greenroom.trace.HandlerCallConvention;
import io.micrometer.common.KeyValues;

/** Default {@link HandlerCallConvention}. */
final class DefaultHandlerCallConvention implements HandlerCallConvention {

	@Override
	public String getName() {
		return "greenroom.handler.call";
	}

	@Override
	public String getContextualName(HandlerCallContext context) {
		return context.handler() + "." + context.method();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(HandlerCallContext context) {
		return KeyValues.of("handler", context.handler(), "method", context.method(), "mode",
				context.mode().name().toLowerCase(Locale.ROOT));
	}

}
