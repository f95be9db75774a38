package io.greenroom.trace;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observations of handlers' calls, and determines their key values. A bean of
 * this type replaces the default.
 */
public interface HandlerCallConvention extends ObservationConvention<HandlerCallContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof HandlerCallContext;
	}

}
