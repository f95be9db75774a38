package io.greenroom.deferred.internal;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/** A call that runs nothing. */
class EmptyCall extends Call {

	EmptyCall(CallMode mode) {
		super(mode);
	}

	@Override
	@Nullable Object invoke() {
		return null;
	}

	@Override
	String method() {
		return "nothing";
	}

	@Override
	void clear() {
	}

	@Override
	void runAsNested() {
	}

}
