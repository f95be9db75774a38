package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.convert.DurationUnit;

/**
 * Settings of a cluster, in which each key of a handler is owned by one node.
 *
 * @param members Addresses of the nodes, with or without a port. Setting them makes this
 * application a node.
 * @param kubernetesDns Name of a headless Kubernetes service whose addresses are the
 * nodes, instead of members.
 * @param name Name of the cluster. Nodes of clusters with other names are ignored.
 * @param address Address that this node listens on, or a pattern such as 10.0.0.*. Must
 * be in a private network if the nodes run on several machines.
 * @param port Port that this node listens on, and the port of members that do not specify
 * one.
 * @param quorum Number of nodes that must see each other for any of them to work; the
 * majority of the members if not set. Required with kubernetes-dns.
 * @param heartbeat Time between two signs of life of a node, in whole seconds.
 * @param heartbeatLimit Time without a sign of life after which a node counts as gone.
 */
@ConfigurationProperties("greenroom.cluster")
record ClusterProperties(@DefaultValue List<String> members, @Nullable String kubernetesDns,
		@DefaultValue("greenroom") String name, @Name("interface") @DefaultValue("127.0.0.1") String address,
		@DefaultValue("5790") int port, @Nullable Integer quorum,
		@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration heartbeat,
		@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration heartbeatLimit) {

	private static final String LOOPBACK = "127.0.0.1";

	ClusterProperties {
		members = members.stream().map(String::strip).filter((member) -> !member.isEmpty()).toList();
		kubernetesDns = (kubernetesDns != null && !kubernetesDns.isBlank()) ? kubernetesDns.strip() : null;
		InvalidSettingException.require(members.isEmpty() || kubernetesDns == null, "greenroom.cluster.kubernetes-dns",
				kubernetesDns, "nothing if greenroom.cluster.members is set");
		InvalidSettingException.require(!name.isBlank(), "greenroom.cluster.name", name, "a name");
		InvalidSettingException.require(port >= 1 && port <= 65535, "greenroom.cluster.port", port,
				"a port from 1 to 65535");
		InvalidSettingException.require(quorum != null || kubernetesDns == null, "greenroom.cluster.quorum", quorum,
				"the majority of the replicas with kubernetes-dns, such as 2 of 3");
		InvalidSettingException.require(quorum == null || quorum >= 1, "greenroom.cluster.quorum", quorum,
				"a number of nodes, 1 or more");
		InvalidSettingException.require(quorum == null || members.isEmpty() || quorum <= members.size(),
				"greenroom.cluster.quorum", quorum, "no more than the number of members");
		InvalidSettingException.require(heartbeat.compareTo(Duration.ofSeconds(1)) >= 0, "greenroom.cluster.heartbeat",
				heartbeat, "a duration of 1s or more");
		InvalidSettingException.require(heartbeatLimit.compareTo(heartbeat.multipliedBy(2)) >= 0,
				"greenroom.cluster.heartbeat-limit", heartbeatLimit, "at least twice the heartbeat");
		InvalidSettingException.require(
				!address.equals(LOOPBACK)
						|| (kubernetesDns == null && members.stream().allMatch(ClusterProperties::isHere)),
				"greenroom.cluster.interface", address,
				"the address of this node in a private network, such as 10.0.0.*, because other nodes can't reach the loopback address");
	}

	private static boolean isHere(String member) {
		return member.startsWith("127.") || member.startsWith("localhost") || member.startsWith("[::1]");
	}

	/** Returns the number of nodes that must be present. */
	int needed() {
		return (this.quorum != null) ? this.quorum : this.members.size() / 2 + 1;
	}

}
