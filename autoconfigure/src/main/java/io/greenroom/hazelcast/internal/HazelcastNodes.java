package io.greenroom.hazelcast.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.Partition;
import com.hazelcast.partition.PartitionService;
import com.hazelcast.partition.ReplicaMigrationEvent;
import io.greenroom.cluster.internal.Nodes;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The nodes of a cluster, as members of a Hazelcast cluster of their own. Hazelcast
 * instances of the application are left alone. The owner of a key is the owner of its
 * partition. Safe for use by multiple threads.
 */
public final class HazelcastNodes implements Nodes {

	private static final Logger log = LoggerFactory.getLogger(HazelcastNodes.class);

	/** How long a leaving node waits for its keys to move to other nodes. */
	private static final Duration LEAVING = Duration.ofSeconds(10);

	/** Each member has its own topic, because a topic keeps the order of messages. */
	private static final String TOPIC = "greenroom-";

	/** How many partitions of targets are kept; a power of two. */
	private static final int KEPT = 1024;

	private final HazelcastInstance instance;

	/**
	 * The last target with each hash, so that it is bounded however many keys there are.
	 */
	private final AtomicReferenceArray<@Nullable Found> found = new AtomicReferenceArray<>(KEPT);

	private volatile @Nullable Events events;

	/** Changes after a merge. */
	private volatile @Nullable Here here;

	private HazelcastNodes(HazelcastInstance instance) {
		this.instance = instance;
	}

	/**
	 * Starts a member. It owns no keys until {@link #takeKeys()}.
	 * @param options where it listens, and how it finds the others
	 * @param customizer changes the configuration before the start
	 * @return the nodes, including this one
	 * @throws IllegalStateException if the member can't start, or if the customizer has
	 * changed what the member does not use
	 */
	public static HazelcastNodes start(MemberOptions options, Consumer<Config> customizer) {
		Config config = config(options);
		customizer.accept(config);
		if (!config.getNetworkConfig().equals(new NetworkConfig())) {
			throw new IllegalStateException(
					"A ClusterMemberCustomizer has changed Config#getNetworkConfig(), which has no effect on this member; change Config#getAdvancedNetworkConfig(), whose member endpoint it uses");
		}
		try {
			return new HazelcastNodes(Hazelcast.newHazelcastInstance(config));
		}
		catch (HazelcastException failure) {
			throw new IllegalStateException(
					"This node can't join cluster '%s' at %s port %s: %s; check greenroom.cluster.interface, .port and .name"
						.formatted(options.name(), options.address(), options.port(), failure.getMessage()),
					failure);
		}
	}

	static Config config(MemberOptions options) {
		Config config = new Config();
		config.setClusterName(options.name());
		config.setProperty("hazelcast.phone.home.enabled", "false");
		config.setProperty("hazelcast.shutdownhook.enabled", "false");
		config.setProperty("hazelcast.logging.type", "slf4j");
		config.setProperty("hazelcast.socket.bind.any", "false");
		// If two members don't reach each other but both reach the oldest, one of them is
		// left out. Otherwise the calls between them would wait until the network is
		// well. The oldest collects the reports of the others for so many heartbeats.
		config.setProperty("hazelcast.partial.member.disconnection.resolution.heartbeat.count", "3");
		// Nodes that start at the same moment don't wait for each other. If they miss
		// each other, they merge soon.
		config.setProperty("hazelcast.wait.seconds.before.join", "0");
		config.setProperty("hazelcast.merge.first.run.delay.seconds", "3");
		config.setProperty("hazelcast.merge.next.run.delay.seconds", "3");
		// A member that leaves has no data to wait for. The default is ten minutes.
		config.setProperty("hazelcast.graceful.shutdown.max.wait", String.valueOf(LEAVING.toSeconds()));
		// Owns no keys until the application has started.
		config.setLiteMember(true);
		config.setProperty("hazelcast.heartbeat.interval.seconds", String.valueOf(options.heartbeat().toSeconds()));
		config.setProperty("hazelcast.max.no.heartbeat.seconds", String.valueOf(options.heartbeatLimit().toSeconds()));
		listenAndJoin(config, options);
		config.getSerializationConfig()
			.addDataSerializableFactory(Delivery.FACTORY, (type) -> (type == Delivery.CLASS) ? new Delivery() : null);
		return config;
	}

	/**
	 * Uses the advanced network configuration, whose endpoint speaks the protocol of
	 * members only. With an endpoint that speaks several protocols, a connection to a
	 * frozen member keeps one of the threads that write from all other work (Hazelcast
	 * issue 26473), so that members that are well lose each other.
	 */
	private static void listenAndJoin(Config config, MemberOptions options) {
		ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig();
		endpoint.setPort(options.port()).setPortAutoIncrement(false);
		endpoint.getInterfaces().setEnabled(true).addInterface(options.address());
		config.getAdvancedNetworkConfig().setEnabled(true).setMemberEndpointConfig(endpoint);
		JoinConfig join = config.getAdvancedNetworkConfig().getJoin();
		join.getAutoDetectionConfig().setEnabled(false);
		join.getMulticastConfig().setEnabled(false);
		String dns = options.kubernetesDns();
		if (dns != null) {
			join.getKubernetesConfig()
				.setEnabled(true)
				.setProperty("service-dns", dns)
				.setProperty("service-port", String.valueOf(options.port()));
		}
		else {
			join.getTcpIpConfig().setEnabled(true).setMembers(options.members());
		}
	}

	@Override
	public String here() {
		return known().text();
	}

	private Here known() {
		Here known = this.here;
		if (known == null) {
			UUID uuid = this.instance.getCluster().getLocalMember().getUuid();
			known = new Here(uuid, uuid.toString());
			this.here = known;
		}
		return known;
	}

	private static String id(Member member) {
		return member.getUuid().toString();
	}

	@Override
	public Set<String> members() {
		try {
			return this.instance.getCluster()
				.getMembers()
				.stream()
				.map(HazelcastNodes::id)
				.collect(Collectors.toUnmodifiableSet());
		}
		catch (HazelcastInstanceNotActiveException ended) {
			return Set.of();
		}
	}

	@Override
	public int size() {
		try {
			return this.instance.getCluster().getMembers().size();
		}
		catch (HazelcastInstanceNotActiveException ended) {
			return 0;
		}
	}

	@Override
	public @Nullable String owner(String target) {
		try {
			Member owner = partition(target).getOwner();
			return (owner != null) ? id(owner) : null;
		}
		catch (HazelcastInstanceNotActiveException ended) {
			return null;
		}
	}

	@Override
	public boolean isHere(String target) {
		try {
			Member owner = partition(target).getOwner();
			return owner != null && owner.getUuid().equals(known().uuid());
		}
		catch (HazelcastInstanceNotActiveException ended) {
			return false;
		}
	}

	/**
	 * Returns the partition of a target, which never changes, while its owner may. Each
	 * call asks twice, and Hazelcast serializes the target to find it, so the last ones
	 * are kept.
	 */
	private Partition partition(String target) {
		// Throws if this member has ended.
		PartitionService partitions = this.instance.getPartitionService();
		int place = target.hashCode() & (KEPT - 1);
		Found known = this.found.get(place);
		if (known == null || !known.target().equals(target)) {
			known = new Found(target, partitions.getPartition(target));
			this.found.set(place, known);
		}
		return known.partition();
	}

	@Override
	public boolean send(String to, byte[] message) {
		try {
			if (!here().equals(id(this.instance.getCluster().getLocalMember()))) {
				// This member is merging: an answer to its former id would be lost.
				return false;
			}
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
			// The message may have been sent.
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
				log.info("Node {} has joined: {} nodes", event.getMember().getAddress(), event.getMembers().size());
				told.changed();
			}

			@Override
			public void memberRemoved(MembershipEvent event) {
				log.info("Node {} has left: {} nodes", event.getMember().getAddress(), event.getMembers().size());
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
				log.info("This node was separated from other nodes and has merged with them");
				this.here = null;
				listen();
				told.merged();
			}
		});
	}

	/** Called again after a merge, which gives this member another id. */
	private void listen() {
		String mine = here();
		this.instance.<Delivery>getTopic(TOPIC + mine).addMessageListener((event) -> {
			Delivery delivery = event.getMessageObject();
			Events told = this.events;
			// What was said to the node that this one was before the merge is void.
			Here known = this.here;
			if (told != null && known != null && known.text().equals(mine)) {
				told.received(delivery.from(), delivery.message());
			}
		});
	}

	@Override
	public void takeKeys() {
		if (this.instance.getCluster().getLocalMember().isLiteMember()) {
			this.instance.getCluster().promoteLocalLiteMember();
		}
	}

	@Override
	public void giveKeysAway() {
		boolean others = this.instance.getCluster()
			.getMembers()
			.stream()
			.anyMatch((member) -> !member.localMember() && !member.isLiteMember());
		if (!others) {
			// No other node could take them.
			return;
		}
		Thread giving = Thread.ofPlatform().daemon().name("greenroom-leaving").start(() -> {
			try {
				this.instance.getCluster().demoteLocalDataMember();
			}
			catch (RuntimeException failure) {
				Failures.log(log, Level.WARN, failure, "This node could not hand over its keys; it leaves with them");
			}
		});
		try {
			if (!giving.join(LEAVING)) {
				log.warn("This node has not handed over its keys within {}; it leaves with some of them", LEAVING);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public double share() {
		try {
			Set<Partition> all = this.instance.getPartitionService().getPartitions();
			UUID mine = this.instance.getCluster().getLocalMember().getUuid();
			long owned = all.stream().filter((partition) -> {
				Member owner = partition.getOwner();
				return owner != null && owner.getUuid().equals(mine);
			}).count();
			return (double) owned / Math.max(1, all.size());
		}
		catch (HazelcastInstanceNotActiveException ended) {
			return 0;
		}
	}

	@Override
	public String label() {
		return this.instance.getCluster().getLocalMember().getAddress().toString();
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

	/** The id of this member. */
	private record Here(UUID uuid, String text) {

	}

	/** The partition of a target. */
	private record Found(String target, Partition partition) {

	}

}
