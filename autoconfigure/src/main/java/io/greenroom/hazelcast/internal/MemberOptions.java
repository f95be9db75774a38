package io.greenroom.hazelcast.internal;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Where a member listens, and how it finds the others.
 *
 * @param name the name of the cluster
 * @param members addresses of members, with or without a port
 * @param kubernetesDns the name of a headless service whose addresses are the members;
 * {@code null} without Kubernetes
 * @param address the address to listen at
 * @param port the port to listen at
 * @param heartbeat the time between two heartbeats of a member
 * @param heartbeatLimit the time without a heartbeat after which a member counts as gone
 */
public record MemberOptions(String name, List<String> members, @Nullable String kubernetesDns, String address, int port,
		Duration heartbeat, Duration heartbeatLimit) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if a value is out of range, or if there is not
	 * exactly one way to find the other members
	 */
	public MemberOptions {
		members = List.copyOf(members);
		if (members.isEmpty() == (kubernetesDns == null)) {
			throw new IllegalArgumentException(
					"Both greenroom.cluster.members and greenroom.cluster.kubernetes-dns are set; set only one");
		}
		if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0) {
			throw new IllegalArgumentException(
					"greenroom.cluster.heartbeat is " + heartbeat + "; give whole seconds, 1s or more");
		}
		if (heartbeatLimit.compareTo(heartbeat.multipliedBy(2)) < 0) {
			throw new IllegalArgumentException(
					"greenroom.cluster.heartbeat-limit is %s, less than twice the heartbeat of %s; raise it"
						.formatted(heartbeatLimit, heartbeat));
		}
	}

}
