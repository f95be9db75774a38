package io.greenroom.metrics.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.observe.KeyedGauges;
import io.greenroom.observe.KeyedListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** The meters of the instances of all handlers by key that share a name. */
final class KeyedMeters {

	private final String handler;

	private final Binding binding;

	private final LiveGauges<KeyedGauges> live = new LiveGauges<>();

	private final Map<Boolean, Timer> activations = new ConcurrentHashMap<>();

	private final Map<String, Counter> passivations = new ConcurrentHashMap<>();

	KeyedMeters(String handler, Binding binding) {
		this.handler = handler;
		this.binding = binding;
		binding.whenBound(this::register);
	}

	private void register(MeterRegistry registry) {
		Gauge.builder("greenroom.keyed.active", this.live, (live) -> live.sum(KeyedGauges::active))
			.description("Keys that have an instance")
			.baseUnit("keys")
			.tag("handler", this.handler)
			.register(registry);
	}

	KeyedListener listener(KeyedGauges gauges) {
		this.live.add(gauges);
		if (!gauges.storedStates().isEmpty()) {
			this.binding.whenBound((registry) -> registerStored(registry, gauges.storedStates()));
		}
		return new Listener(this, gauges);
	}

	/** Registering the same gauge more than once has no effect. */
	private void registerStored(MeterRegistry registry, Set<String> states) {
		for (String state : states) {
			Gauge.builder("greenroom.durable.keys", this.live, (live) -> live.max((gauges) -> gauges.stored(state)))
				.description("Keys that are stored in the state, as of some seconds ago")
				.baseUnit("keys")
				.tag("handler", this.handler)
				.tag("state", state)
				.register(registry);
		}
		Gauge.builder("greenroom.durable.stranded", this.live, (live) -> live.max(KeyedGauges::stranded))
			.description("Stranded keys, as of some seconds ago")
			.baseUnit("keys")
			.tag("handler", this.handler)
			.register(registry);
	}

	private void activated(boolean success, Duration took) {
		MeterRegistry registry = this.binding.registry();
		if (registry != null) {
			this.activations.computeIfAbsent(success, (any) -> timer(registry, success)).record(took);
		}
	}

	private Timer timer(MeterRegistry registry, boolean success) {
		return Timer.builder("greenroom.keyed.activation")
			.description("Time that creating an instance took")
			.tag("handler", this.handler)
			.tag("outcome", success ? "success" : "failure")
			.register(registry);
	}

	private void passivated(String reason) {
		MeterRegistry registry = this.binding.registry();
		if (registry != null) {
			this.passivations.computeIfAbsent(reason, (any) -> counter(registry, reason)).increment();
		}
	}

	private Counter counter(MeterRegistry registry, String reason) {
		return Counter.builder("greenroom.keyed.passivations")
			.description("Instances that have ended")
			.tag("handler", this.handler)
			.tag("reason", reason)
			.register(registry);
	}

	/** Holds the gauges, so that they live exactly as long as the handler. */
	@SuppressWarnings("UnusedVariable")
	private record Listener(KeyedMeters meters, KeyedGauges gauges) implements KeyedListener {

		@Override
		public void activated(boolean success, Duration took) {
			this.meters.activated(success, took);
		}

		@Override
		public void passivated(String reason) {
			this.meters.passivated(reason);
		}

	}

}
