package io.greenroom.metrics.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.greenroom.observe.OutboxGauges;
import io.greenroom.observe.OutboxListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;

/** The meters of the stored calls of one handler. */
final class OutboxMeters {

	private final String handler;

	private final Binding binding;

	private final LiveGauges<OutboxGauges> live = new LiveGauges<>();

	private final Map<String, Timer> attempts = new ConcurrentHashMap<>();

	OutboxMeters(String handler, Binding binding) {
		this.handler = handler;
		this.binding = binding;
		binding.whenBound(this::register);
	}

	private void register(MeterRegistry registry) {
		Gauge.builder("greenroom.outbox.waiting", this.live, (live) -> live.max(OutboxGauges::waiting))
			.description("Stored calls that wait to be delivered, on all nodes")
			.baseUnit("calls")
			.tag("handler", this.handler)
			.register(registry);
		TimeGauge
			.builder("greenroom.outbox.oldest", this.live, TimeUnit.MILLISECONDS,
					(live) -> live.max((gauges) -> gauges.oldestAge().toMillis()))
			.description("Age of the oldest stored call that waits")
			.tag("handler", this.handler)
			.register(registry);
		Gauge.builder("greenroom.outbox.dead", this.live, (live) -> live.max(OutboxGauges::dead))
			.description("Stored calls that were given up, on all nodes")
			.baseUnit("calls")
			.tag("handler", this.handler)
			.register(registry);
	}

	OutboxListener listener(OutboxGauges gauges) {
		this.live.add(gauges);
		return new Listener(this, gauges);
	}

	private void attempted(String method, String outcome, Duration took) {
		MeterRegistry registry = this.binding.registry();
		if (registry != null) {
			this.attempts.computeIfAbsent(method + " " + outcome, (any) -> timer(registry, method, outcome))
				.record(took);
		}
	}

	private Timer timer(MeterRegistry registry, String method, String outcome) {
		return Timer.builder("greenroom.outbox.attempts")
			.description("Attempts to deliver a stored call, with their time in the mailbox")
			.tag("handler", this.handler)
			.tag("method", method)
			.tag("outcome", outcome)
			.register(registry);
	}

	/** Holds the gauges, so that they live exactly as long as the handler. */
	@SuppressWarnings("UnusedVariable")
	private record Listener(OutboxMeters meters, OutboxGauges gauges) implements OutboxListener {

		@Override
		public void attempted(String method, String outcome, Duration took) {
			this.meters.attempted(method, outcome, took);
		}

	}

}
