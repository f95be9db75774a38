package io.greenroom.deferred.internal;

import io.greenroom.deferred.Deferred;

/** Where handlers write their log. */
final class HandlerLog {

	/** The name of the log: that of {@link Deferred}, which is what users know. */
	static final String NAME = "io.greenroom.deferred.Deferred";

	private HandlerLog() {
	}

}
