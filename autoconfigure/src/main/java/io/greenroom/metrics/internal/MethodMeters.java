package io.greenroom.metrics.internal;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/**
 * The meters of one method of a handler. Each meter is looked up in the registry once.
 * After that, a call needs two map lookups and allocates nothing.
 */
final class MethodMeters {

	private final MeterRegistry registry;

	private final Tags tags;

	private final Timer wait;

	private final Counter abandoned;

	/** Contains all modes. The outcomes are added when they are first seen. */
	private final Map<CallMode, Map<CallOutcome, Timer>> calls = new EnumMap<>(CallMode.class);

	private final Map<String, Counter> rejected = new ConcurrentHashMap<>();

	MethodMeters(MeterRegistry registry, String handler, String method) {
		this.registry = registry;
		this.tags = Tags.of("handler", handler, "method", method);
		for (CallMode mode : CallMode.values()) {
			this.calls.put(mode, new ConcurrentHashMap<>());
		}
		this.wait = Timer.builder("greenroom.deferred.wait")
			.description("Time that calls spent in the mailbox")
			.tags(this.tags)
			.register(registry);
		this.abandoned = Counter.builder("greenroom.deferred.abandoned")
			.description("Calls that were running when their caller's time was over")
			.baseUnit("calls")
			.tags(this.tags)
			.register(registry);
	}

	void ended(CallMode mode, CallOutcome outcome, long waited, long ran) {
		this.wait.record(waited, TimeUnit.NANOSECONDS);
		calls(mode, outcome).record(ran, TimeUnit.NANOSECONDS);
	}

	private Timer calls(CallMode mode, CallOutcome outcome) {
		Map<CallOutcome, Timer> timers = Objects.requireNonNull(this.calls.get(mode));
		Timer known = timers.get(outcome);
		return (known != null) ? known
				: timers.computeIfAbsent(outcome,
						(seen) -> Timer.builder("greenroom.deferred.calls")
							.description("Time that calls spent in the body")
							.tags(this.tags.and("mode", lowerCase(mode), "outcome", lowerCase(seen)))
							.register(this.registry));
	}

	void rejected(String reason) {
		Counter known = this.rejected.get(reason);
		if (known == null) {
			known = this.rejected.computeIfAbsent(reason,
					(why) -> Counter.builder("greenroom.deferred.rejected")
						.description("Calls that were rejected")
						.baseUnit("calls")
						.tags(this.tags.and("reason", why))
						.register(this.registry));
		}
		known.increment();
	}

	void abandoned() {
		this.abandoned.increment();
	}

	void busy() {
		// This is rare enough to look the counter up each time, and most methods need
		// none.
		Counter.builder("greenroom.deferred.busy")
			.description("Times that a body or loop was busy for longer than its limit")
			.baseUnit("reports")
			.tags(this.tags)
			.register(this.registry)
			.increment();
	}

	private static String lowerCase(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

}
