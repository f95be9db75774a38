package io.greenroom.metrics.internal;

import java.util.concurrent.atomic.LongAdder;

import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of all schedulers that share a name. */
final class ThreadMeters {

	private final String scheduler;

	private final LiveGauges<ThreadGauges> live = new LiveGauges<>();

	/** Counts from the first thread on, even if there is no registry yet. */
	private final LongAdder spawned = new LongAdder();

	ThreadMeters(String scheduler, Binding binding) {
		this.scheduler = scheduler;
		binding.whenBound(this::register);
	}

	private void register(MeterRegistry registry) {
		Gauge.builder("greenroom.threads.live", this.live, (live) -> live.sum(ThreadGauges::live))
			.description("Green threads that were started and have not ended")
			.baseUnit("threads")
			.tag("scheduler", this.scheduler)
			.register(registry);
		FunctionCounter.builder("greenroom.threads.spawned", this.spawned, LongAdder::sum)
			.description("Green threads that were started")
			.baseUnit("threads")
			.tag("scheduler", this.scheduler)
			.register(registry);
	}

	ThreadListener listener(ThreadGauges gauges) {
		this.live.add(gauges);
		return new Listener(this.spawned, gauges);
	}

	/**
	 * Holds the gauges of the scheduler for as long as the scheduler holds this listener.
	 */
	@SuppressWarnings("UnusedVariable")
	private record Listener(LongAdder count, ThreadGauges gauges) implements ThreadListener {

		@Override
		public void spawned() {
			this.count.increment();
		}

	}

}
