package io.greenroom.metrics.internal;

import io.greenroom.observe.ClusterGauges;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of a cluster node. */
final class ClusterMeters {

	private ClusterMeters() {
	}

	static void register(MeterRegistry registry, ClusterGauges gauges) {
		Gauge.builder("greenroom.cluster.nodes", gauges, ClusterGauges::nodes)
			.description("Nodes that this node sees, including itself")
			.baseUnit("nodes")
			.strongReference(true)
			.register(registry);
		Gauge.builder("greenroom.cluster.quorum", gauges, ClusterGauges::quorum)
			.description("Nodes that are required for work by key")
			.baseUnit("nodes")
			.strongReference(true)
			.register(registry);
		Gauge.builder("greenroom.cluster.share", gauges, ClusterGauges::share)
			.description("Share of all keys that this node owns, from 0 to 1")
			.strongReference(true)
			.register(registry);
		Gauge.builder("greenroom.cluster.waiting", gauges, ClusterGauges::waiting)
			.description("Calls of this node that wait for another node")
			.baseUnit("calls")
			.strongReference(true)
			.register(registry);
		Gauge.builder("greenroom.cluster.serving", gauges, ClusterGauges::serving)
			.description("Calls of other nodes that run here or wait in mailboxes")
			.baseUnit("calls")
			.strongReference(true)
			.register(registry);
		gauges.counts()
			.keySet()
			.forEach((what) -> FunctionCounter
				.builder("greenroom.cluster.events", gauges, (live) -> live.counts().getOrDefault(what, 0L))
				.description("Events between nodes")
				.tag("what", what)
				.register(registry));
	}

}
