package io.greenroom.metrics.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one state of a machine class, and of the moves that leave it. The number
 * of machines in the state is counted from the first move on, whether or not there is a
 * registry. It is therefore correct when the registry is set.
 */
final class StateMeters {

	private final Binding binding;

	private final Tags machine;

	private final String state;

	private final LongAdder active = new LongAdder();

	private final Map<String, Counter> moves = new ConcurrentHashMap<>();

	private final Map<String, Counter> rejections = new ConcurrentHashMap<>();

	/** Looked up at the first use. Concurrent first uses get the same meter. */
	private volatile @Nullable Timer duration;

	/** Whether the gauge exists. Written by the thread that counts the first machine. */
	private volatile boolean gauged;

	StateMeters(Binding binding, String machine, String state) {
		this.binding = binding;
		this.machine = Tags.of("machine", machine);
		this.state = state;
	}

	void entered() {
		this.active.increment();
		if (!this.gauged) {
			this.gauged = true;
			this.binding.whenBound(this::registerGauge);
		}
	}

	private void registerGauge(MeterRegistry registry) {
		Gauge.builder("greenroom.state.active", this.active, LongAdder::sum)
			.description("Machines that are in the state")
			.baseUnit("machines")
			.tags(this.machine.and("state", this.state))
			.register(registry);
	}

	void left(Duration spent) {
		this.active.decrement();
		MeterRegistry registry = this.binding.registry();
		if (registry != null) {
			duration(registry).record(spent);
		}
	}

	/** Removes a machine that is gone. The time it spent in the state is unknown. */
	void forgotten() {
		this.active.decrement();
	}

	private Timer duration(MeterRegistry registry) {
		Timer known = this.duration;
		if (known == null) {
			known = Timer.builder("greenroom.state.duration")
				.description("Time that machines spent in the state")
				.tags(this.machine.and("state", this.state))
				.register(registry);
			this.duration = known;
		}
		return known;
	}

	void moved(String to) {
		count(this.moves, "greenroom.state.transitions", "Moves from one state to another", to);
	}

	void rejected(String to) {
		count(this.rejections, "greenroom.state.rejected", "Undeclared moves that were rejected", to);
	}

	/** Called rarely enough to look the counter up each time. */
	void failed() {
		MeterRegistry registry = this.binding.registry();
		if (registry != null) {
			Counter.builder("greenroom.state.failed")
				.description("Machines that failed in the state")
				.baseUnit("machines")
				.tags(this.machine.and("state", this.state))
				.register(registry)
				.increment();
		}
	}

	private void count(Map<String, Counter> counters, String name, String description, String to) {
		Counter known = counters.get(to);
		MeterRegistry registry = this.binding.registry();
		if (known == null && registry != null) {
			known = counters.computeIfAbsent(to,
					(target) -> Counter.builder(name)
						.description(description)
						.baseUnit("transitions")
						.tags(this.machine.and("from", this.state, "to", target))
						.register(registry));
		}
		if (known != null) {
			known.increment();
		}
	}

}
