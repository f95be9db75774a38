package io.greenroom.metrics.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import org.jspecify.annotations.Nullable;

/** The meters of all handlers that share a name. */
final class HandlerMeters {

	private final String handler;

	private final Binding binding;

	private final LiveGauges<HandlerGauges> live = new LiveGauges<>();

	/** By method. Entries are added by the first call after the registry has been set. */
	private final Map<String, MethodMeters> methods = new ConcurrentHashMap<>();

	HandlerMeters(String handler, Binding binding) {
		this.handler = handler;
		this.binding = binding;
		binding.whenBound(this::registerGauges);
	}

	private void registerGauges(MeterRegistry registry) {
		Gauge.builder("greenroom.deferred.mailbox.size", this.live, (live) -> live.sum(HandlerGauges::queued))
			.description("Calls that wait in the mailbox")
			.baseUnit("calls")
			.tag("handler", this.handler)
			.register(registry);
		TimeGauge
			.builder("greenroom.deferred.mailbox.oldest.age", this.live, TimeUnit.NANOSECONDS,
					(live) -> live.max((gauges) -> gauges.oldestAge().toNanos()))
			.description("Age of the call that has waited longest in the mailbox")
			.tag("handler", this.handler)
			.register(registry);
		TimeGauge
			.builder("greenroom.deferred.running.age", this.live, TimeUnit.NANOSECONDS,
					(live) -> live.max((gauges) -> gauges.runningAge().toNanos()))
			.description("Time that the body that runs now has been running")
			.tag("handler", this.handler)
			.register(registry);
	}

	HandlerListener listener(HandlerGauges gauges) {
		this.live.add(gauges);
		return new Listener(this, gauges);
	}

	private @Nullable MethodMeters method(String method) {
		MethodMeters known = this.methods.get(method);
		if (known != null) {
			return known;
		}
		MeterRegistry registry = this.binding.registry();
		return (registry == null) ? null
				: this.methods.computeIfAbsent(method, (name) -> new MethodMeters(registry, this.handler, name));
	}

	/**
	 * The listener of one instance. It holds the gauges of the instance, so that they
	 * live exactly as long as the handler, which holds its listener.
	 */
	@SuppressWarnings("UnusedVariable")
	private record Listener(HandlerMeters meters, HandlerGauges gauges) implements HandlerListener {

		@Override
		public boolean isTimed() {
			return true;
		}

		@Override
		public void ended(String method, CallMode mode, CallOutcome outcome, Duration waited, Duration ran) {
			endedNanos(method, mode, outcome, waited.toNanos(), ran.toNanos());
		}

		@Override
		public void endedNanos(String method, CallMode mode, CallOutcome outcome, long waited, long ran) {
			MethodMeters known = this.meters.method(method);
			if (known != null) {
				known.ended(mode, outcome, waited, ran);
			}
		}

		@Override
		public void rejected(String method, CallMode mode, String reason) {
			MethodMeters known = this.meters.method(method);
			if (known != null) {
				known.rejected(reason);
			}
		}

		@Override
		public void busy(String method, Duration since, List<StackTraceElement> stack) {
			MethodMeters known = this.meters.method(method);
			if (known != null) {
				known.busy();
			}
		}

		/** Called rarely enough to look the counter up each time. */
		@Override
		public void loopFailed(Throwable failure, boolean restarting) {
			MeterRegistry registry = this.meters.binding.registry();
			if (registry != null) {
				Counter.builder("greenroom.deferred.loop.failures")
					.description("Times that a processing loop has thrown")
					.baseUnit("failures")
					.tag("handler", this.meters.handler)
					.tag("restarting", Boolean.toString(restarting))
					.register(registry)
					.increment();
			}
		}

		@Override
		public void abandoned(String method) {
			MethodMeters known = this.meters.method(method);
			if (known != null) {
				known.abandoned();
			}
		}

	}

}
