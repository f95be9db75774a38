package io.greenroom.hazelcast.internal;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How a member finds the others, and where it listens.
 *
 * @param name the name of the cluster
 * @param members addresses of members, with or without a port
 * @param kubernetesDns the name of a headless service whose addresses are the members;
 * {@code null} without Kubernetes
 * @param address the address to listen at
 * @param port the port to listen at
 * @param heartbeat how often members say that they are there
 * @param heartbeatLimit how long one must not have said so to be gone
 */
public record MemberOptions(String name, List<String> members, @Nullable String kubernetesDns, String address, int port,
		Duration heartbeat, Duration heartbeatLimit) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if nobody can be found by them
	 */
	public MemberOptions {
		members = List.copyOf(members);
		if (members.isEmpty() == (kubernetesDns == null)) {
			throw new IllegalArgumentException(
					"Give greenroom.cluster.members or greenroom.cluster.kubernetes-dns, and not both");
		}
		if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0) {
			throw new IllegalArgumentException(
					"greenroom.cluster.heartbeat is " + heartbeat + "; give whole seconds, at least one");
		}
		if (heartbeatLimit.compareTo(heartbeat.multipliedBy(2)) < 0) {
			throw new IllegalArgumentException(
					"greenroom.cluster.heartbeat-limit is %s, less than twice the heartbeat of %s; raise it"
						.formatted(heartbeatLimit, heartbeat));
		}
	}

}
