package io.greenroom.trace;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observations of states' bodies, and determines their key values. A bean of
 * this type replaces the default.
 */
public interface StateBodyConvention extends ObservationConvention<StateBodyContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof StateBodyContext;
	}

}
