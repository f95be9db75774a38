package io.greenroom.hazelcast;

import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import io.greenroom.cluster.internal.Nodes;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a cluster, by a Hazelcast member that is ours alone: the application's own
 * Hazelcast is left as it is. Who has a key is who has its partition. Safe for use by
 * many threads.
 */
public final class HazelcastNodes implements Nodes, AutoCloseable {

	/** Each member has a topic of its own: events of one topic stay in order. */
	private static final String TOPIC = "greenroom-";

	private final HazelcastInstance instance;

	private volatile @Nullable Events events;

	private HazelcastNodes(HazelcastInstance instance) {
		this.instance = instance;
	}

	/**
	 * Starts a member.
	 * @param options how it finds the others
	 * @param customizer changes what is set here
	 * @return the nodes, of which this one is a member
	 */
	public static HazelcastNodes start(MemberOptions options, Consumer<Config> customizer) {
		Config config = config(options);
		customizer.accept(config);
		return new HazelcastNodes(Hazelcast.newHazelcastInstance(config));
	}

	static Config config(MemberOptions options) {
		Config config = new Config();
		config.setClusterName(options.name());
		config.setProperty("hazelcast.phone.home.enabled", "false");
		config.setProperty("hazelcast.shutdownhook.enabled", "false");
		config.setProperty("hazelcast.logging.type", "slf4j");
		config.setProperty("hazelcast.socket.bind.any", "false");
		config.setProperty("hazelcast.heartbeat.interval.seconds", String.valueOf(options.heartbeat().toSeconds()));
		config.setProperty("hazelcast.max.no.heartbeat.seconds", String.valueOf(options.heartbeatLimit().toSeconds()));
		config.getNetworkConfig().setPort(options.port()).setPortAutoIncrement(false);
		config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(options.address());
		JoinConfig join = config.getNetworkConfig().getJoin();
		join.getAutoDetectionConfig().setEnabled(false);
		join.getMulticastConfig().setEnabled(false);
		String dns = options.kubernetesDns();
		if (dns != null) {
			join.getKubernetesConfig().setEnabled(true).setProperty("service-dns", dns);
		}
		else {
			join.getTcpIpConfig().setEnabled(true).setMembers(options.members());
		}
		config.getSerializationConfig()
			.addDataSerializableFactory(Delivery.FACTORY, (type) -> (type == Delivery.CLASS) ? new Delivery() : null);
		return config;
	}

	@Override
	public String here() {
		return id(this.instance.getCluster().getLocalMember());
	}

	private static String id(Member member) {
		return member.getUuid().toString();
	}

	@Override
	public Set<String> members() {
		return this.instance.getCluster()
			.getMembers()
			.stream()
			.map(HazelcastNodes::id)
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public @Nullable String owner(String target) {
		Member owner = this.instance.getPartitionService().getPartition(target).getOwner();
		return (owner != null) ? id(owner) : null;
	}

	@Override
	public boolean send(String to, byte[] message) {
		try {
			UUID uuid = UUID.fromString(to);
			for (Member member : this.instance.getCluster().getMembers()) {
				if (member.getUuid().equals(uuid)) {
					this.instance.<Delivery>getTopic(TOPIC + to).publish(new Delivery(here(), message));
					return true;
				}
			}
			return false;
		}
		catch (HazelcastInstanceNotActiveException | RejectedExecutionException stopped) {
			return false;
		}
		catch (HazelcastException unknown) {
			// It may have been sent.
			return true;
		}
	}

	@Override
	public void start(Events told) {
		Objects.requireNonNull(told, "told");
		this.events = told;
		listen();
		this.instance.getCluster().addMembershipListener(new MembershipListener() {

			@Override
			public void memberAdded(MembershipEvent event) {
				told.changed();
			}

			@Override
			public void memberRemoved(MembershipEvent event) {
				told.left(id(event.getMember()));
			}

		});
		this.instance.getPartitionService().addMigrationListener(new MigrationListener() {

			@Override
			public void migrationStarted(MigrationState state) {
			}

			@Override
			public void migrationFinished(MigrationState state) {
				told.changed();
			}

			@Override
			public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
			}

			@Override
			public void replicaMigrationFailed(ReplicaMigrationEvent event) {
			}

		});
		this.instance.getLifecycleService().addLifecycleListener((event) -> {
			if (event.getState() == LifecycleState.MERGED) {
				listen();
				told.merged();
			}
		});
	}

	/** After a merge this member has another id. */
	private void listen() {
		this.instance.<Delivery>getTopic(TOPIC + here()).addMessageListener((event) -> {
			Delivery delivery = event.getMessageObject();
			Events told = this.events;
			if (told != null) {
				told.received(delivery.from(), delivery.message());
			}
		});
	}

	/**
	 * Gives this node's keys to the others, and stays a member that can answer. Waits
	 * until they are there.
	 */
	public void giveKeysAway() {
		this.instance.getCluster().demoteLocalDataMember();
	}

	/** Leaves. */
	@Override
	public void close() {
		this.instance.shutdown();
	}

	@Override
	public String toString() {
		return "HazelcastNodes[" + this.instance.getName() + "]";
	}

}
