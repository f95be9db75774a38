package io.greenroom.actuate.internal;

import io.greenroom.observe.ClusterGauges;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Reports the status {@code OUT_OF_SERVICE} while this node sees too few other nodes to
 * work. It is intended for the readiness of a node, not for its liveness, because a
 * restart would not bring the other nodes back.
 */
public final class ClusterHealthIndicator extends AbstractHealthIndicator {

	private final ClusterGauges cluster;

	/**
	 * Creates an indicator.
	 * @param cluster the numbers that this node knows of its cluster
	 */
	public ClusterHealthIndicator(ClusterGauges cluster) {
		super("The cluster could not be checked");
		this.cluster = cluster;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		int nodes = this.cluster.nodes();
		int quorum = this.cluster.quorum();
		((nodes >= quorum) ? builder.up() : builder.outOfService()).withDetail("nodes", nodes)
			.withDetail("quorum", quorum)
			.withDetail("share", this.cluster.share());
	}

}
