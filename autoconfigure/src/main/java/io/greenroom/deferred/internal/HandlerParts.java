package io.greenroom.deferred.internal;

import java.util.Objects;
import java.util.function.LongSupplier;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenScheduler;
import org.jspecify.annotations.Nullable;

/**
 * What a handler is created from. Several handlers may share it.
 *
 * @param scheduler where its threads run
 * @param home what manages it, or {@code null} if the scheduler does
 * @param type the metadata of its class
 * @param options how calls are taken
 */
record HandlerParts(GreenScheduler scheduler, @Nullable HandlerHome home, HandlerType type, HandlerOptions options) {

	HandlerParts {
		Objects.requireNonNull(type, "type");
		Objects.requireNonNull(options, "options");
	}

	/** Returns the time of the handlers' threads, in nanoseconds. */
	LongSupplier time() {
		return this.scheduler::nanoTime;
	}

	/** Returns the name of the handlers. */
	String name() {
		return this.options.name().isEmpty() ? this.type.name() : this.options.name();
	}

}
