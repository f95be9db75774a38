package io.greenroom.deferred.internal;

import io.greenroom.deferred.Deferred;

/** The log of handlers. */
final class HandlerLog {

	/** The name of the log. It is that of {@link Deferred}, which users know. */
	static final String NAME = "io.greenroom.deferred.Deferred";

	private HandlerLog() {
	}

}
