package io.greenroom.durable.internal;

import java.time.Duration;

import io.greenroom.durable.Durable;
import io.greenroom.observe.OutboxListener;
import io.greenroom.observe.internal.ForeignCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A handler with durable methods.
 *
 * @param name its name in the database
 * @param methods its durable methods
 * @param target where calls are delivered to
 * @param listener is notified of attempts
 */
record OutboxHandler(String name, OutboxMethods methods, OutboxTarget target, OutboxListener listener) {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/** Notifies the listener of an attempt, whatever it throws. */
	void attempted(StoredCall call, String outcome, Duration took) {
		String method = (this.methods.find(call.method()) != null) ? call.method() : "unknown";
		ForeignCode.run(log, "A listener", () -> this.listener.attempted(method, outcome, took));
	}

}
