package io.greenroom.trace.internal;

import io.greenroom.trace.StateBodyContext;
import io.greenroom.trace.StateBodyConvention;
import io.micrometer.common.KeyValues;

/** Default {@link StateBodyConvention}. */
final class DefaultStateBodyConvention implements StateBodyConvention {

	@Override
	public String getName() {
		return "greenroom.state.body";
	}

	@Override
	public String getContextualName(StateBodyContext context) {
		String machine = context.machine();
		return machine.substring(Math.max(machine.lastIndexOf('.'), machine.lastIndexOf('$')) + 1) + "."
				+ context.state();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(StateBodyContext context) {
		return KeyValues.of("machine", context.machine(), "state", context.state());
	}

}
