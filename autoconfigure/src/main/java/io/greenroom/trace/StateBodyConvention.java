package io.greenroom.trace;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Says what observations of states' bodies are called, and what key values they have. A
 * bean of it takes the place of the default.
 */
public interface StateBodyConvention extends ObservationConvention<StateBodyContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof StateBodyContext;
	}

}
