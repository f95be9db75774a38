package io.greenroom.trace;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Convention for the name and the key values of handler call observations. A bean of this
 * type replaces the default convention.
 */
public interface HandlerCallConvention extends ObservationConvention<HandlerCallContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof HandlerCallContext;
	}

}
