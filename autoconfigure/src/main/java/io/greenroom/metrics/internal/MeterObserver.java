package io.greenroom.metrics.internal;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.observe.ClusterGauges;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.KeyedGauges;
import io.greenroom.observe.KeyedListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.observe.OutboxGauges;
import io.greenroom.observe.OutboxListener;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Records the events of the core as Micrometer meters named {@code greenroom.*}. Pass it
 * to the builder of a scheduler. The handlers, machines and pools on that scheduler then
 * use it.
 * <p>
 * The observer can be created and used before there is a registry. Before {@link #bindTo}
 * is called, gauges and the number of spawned threads are kept, but individual calls,
 * moves and waits are not recorded. Meters exist for each name and hold instances weakly.
 * The only tag values are the names of handlers, methods, machines, states and pools, and
 * a few fixed words. This class is thread-safe.
 */
public final class MeterObserver implements Observer {

	private final Binding binding = new Binding();

	private final Map<String, ThreadMeters> threads = new ConcurrentHashMap<>();

	private final Map<String, HandlerMeters> handlers = new ConcurrentHashMap<>();

	private final Map<String, KeyedMeters> keyed = new ConcurrentHashMap<>();

	private final Map<String, OutboxMeters> outboxes = new ConcurrentHashMap<>();

	/** Keeps the gauges alive, because counters reference them only weakly. */
	private final Set<ClusterGauges> clusters = ConcurrentHashMap.newKeySet();

	private final Map<String, MachineMeters> machines = new ConcurrentHashMap<>();

	private final Map<String, PoolMeters> pools = new ConcurrentHashMap<>();

	/** Creates an observer without a registry. Call {@link #bindTo} to set it. */
	public MeterObserver() {
	}

	/**
	 * Creates an observer that records from the start.
	 * @param registry the registry for the meters
	 */
	public MeterObserver(MeterRegistry registry) {
		bindTo(registry);
	}

	/**
	 * Sets the registry for the meters. Only the first call has an effect.
	 * @param registry the registry, with its filters in place
	 */
	public void bindTo(MeterRegistry registry) {
		this.binding.bind(Objects.requireNonNull(registry, "registry"));
	}

	@Override
	public ThreadListener threads(String scheduler, ThreadGauges gauges) {
		return this.threads.computeIfAbsent(scheduler, (name) -> new ThreadMeters(name, this.binding)).listener(gauges);
	}

	@Override
	public HandlerListener handler(String handler, HandlerGauges gauges) {
		return this.handlers.computeIfAbsent(handler, (name) -> new HandlerMeters(name, this.binding)).listener(gauges);
	}

	@Override
	public KeyedListener keyed(String handler, KeyedGauges gauges) {
		return this.keyed.computeIfAbsent(handler, (name) -> new KeyedMeters(name, this.binding)).listener(gauges);
	}

	@Override
	public OutboxListener outbox(String handler, OutboxGauges gauges) {
		return this.outboxes.computeIfAbsent(handler, (name) -> new OutboxMeters(name, this.binding)).listener(gauges);
	}

	@Override
	public void cluster(ClusterGauges gauges) {
		this.clusters.add(gauges);
		this.binding.whenBound((registry) -> ClusterMeters.register(registry, gauges));
	}

	@Override
	public MachineListener machine(String machine) {
		return this.machines.computeIfAbsent(machine, (name) -> new MachineMeters(name, this.binding));
	}

	@Override
	public PoolListener pool(String pool, PoolGauges gauges) {
		return this.pools.computeIfAbsent(pool, (name) -> new PoolMeters(name, this.binding)).listener(gauges);
	}

	@Override
	public void reported(ProblemReport report) {
		MeterRegistry registry = this.binding.registry();
		if (registry != null) {
			// This is rare enough to look the counter up each time.
			Counter.builder("greenroom.problems.reported")
				.description("Reports of problems that persist")
				.baseUnit("reports")
				.tag("kind", report.kind().name().toLowerCase(Locale.ROOT))
				.tag("handler", (report.handler() != null) ? report.handler() : "none")
				.register(registry)
				.increment();
		}
	}

}
