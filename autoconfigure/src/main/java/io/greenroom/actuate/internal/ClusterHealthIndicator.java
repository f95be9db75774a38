package io.greenroom.actuate.internal;

import io.greenroom.observe.ClusterGauges;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Is out of service while this node sees too few others to work. Made for the readiness
 * of a node, not for its liveness: a restart would not bring the others back.
 */
public final class ClusterHealthIndicator extends AbstractHealthIndicator {

	private final ClusterGauges cluster;

	/**
	 * Makes the indicator.
	 * @param cluster what this node knows
	 */
	public ClusterHealthIndicator(ClusterGauges cluster) {
		super("The cluster could not be looked at");
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
