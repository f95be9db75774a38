package io.greenroom.deferred.internal;

import java.util.Objects;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenScheduler;
import org.jspecify.annotations.Nullable;

/**
 * What a handler is made of, which several may share.
 *
 * @param scheduler where its threads run
 * @param home who looks after it; {@code null} where the scheduler does
 * @param type what is known of its class
 * @param options how calls are taken
 */
record HandlerParts(GreenScheduler scheduler, @Nullable HandlerHome home, HandlerType type, HandlerOptions options) {

	HandlerParts {
		Objects.requireNonNull(type, "type");
		Objects.requireNonNull(options, "options");
	}

	/** Returns the name of the handlers. */
	String name() {
		return this.options.name().isEmpty() ? this.type.name() : this.options.name();
	}

}
