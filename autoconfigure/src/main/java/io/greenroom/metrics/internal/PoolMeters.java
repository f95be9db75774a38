package io.greenroom.metrics.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/** The meters of all pools that share a name. */
final class PoolMeters {

	private final String pool;

	private final Binding binding;

	private final LiveGauges<PoolGauges> live = new LiveGauges<>();

	private final Map<String, Counter> rejected = new ConcurrentHashMap<>();

	/** Written once, when the registry is set. */
	private volatile @Nullable Timers timers;

	PoolMeters(String pool, Binding binding) {
		this.pool = pool;
		this.binding = binding;
		binding.whenBound(this::register);
	}

	private void register(MeterRegistry registry) {
		gauge(registry, "greenroom.pool.size", "Slots of the pool", "slots", PoolGauges::size);
		gauge(registry, "greenroom.pool.active", "Slots that are taken", "slots", PoolGauges::active);
		gauge(registry, "greenroom.pool.queued", "Tasks that wait for a slot", "tasks", PoolGauges::queued);
		this.timers = new Timers(timer(registry, "greenroom.pool.wait", "Time that tasks waited for a slot"),
				timer(registry, "greenroom.pool.usage", "Time that tasks held a slot"));
	}

	private void gauge(MeterRegistry registry, String name, String description, String unit,
			ToDoubleFunction<PoolGauges> number) {
		Gauge.builder(name, this.live, (live) -> live.sum(number))
			.description(description)
			.baseUnit(unit)
			.tag("pool", this.pool)
			.register(registry);
	}

	private Timer timer(MeterRegistry registry, String name, String description) {
		return Timer.builder(name).description(description).tag("pool", this.pool).register(registry);
	}

	PoolListener listener(PoolGauges gauges) {
		this.live.add(gauges);
		return new Listener(this, gauges);
	}

	private void countRejected(String reason) {
		Counter known = this.rejected.get(reason);
		MeterRegistry registry = this.binding.registry();
		if (known == null && registry != null) {
			known = this.rejected.computeIfAbsent(reason,
					(why) -> Counter.builder("greenroom.pool.rejected")
						.description("Tasks that were rejected")
						.baseUnit("tasks")
						.tags("pool", this.pool, "reason", why)
						.register(registry));
		}
		if (known != null) {
			known.increment();
		}
	}

	private record Timers(Timer waited, Timer used) {
	}

	/**
	 * The listener of one pool. It holds the pool's gauges for as long as the pool holds
	 * it.
	 */
	@SuppressWarnings("UnusedVariable")
	private record Listener(PoolMeters meters, PoolGauges gauges) implements PoolListener {

		@Override
		public void started(Duration waited) {
			startedNanos(waited.toNanos());
		}

		@Override
		public void ended(Duration used) {
			endedNanos(used.toNanos());
		}

		@Override
		public void startedNanos(long waited) {
			Timers timers = this.meters.timers;
			if (timers != null) {
				timers.waited().record(waited, TimeUnit.NANOSECONDS);
			}
		}

		@Override
		public void endedNanos(long used) {
			Timers timers = this.meters.timers;
			if (timers != null) {
				timers.used().record(used, TimeUnit.NANOSECONDS);
			}
		}

		@Override
		public void rejected(String reason) {
			this.meters.countRejected(reason);
		}

	}

}
