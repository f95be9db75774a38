package io.greenroom.hazelcast.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import io.greenroom.cluster.internal.Nodes;
import io.greenroom.testkit.FreePorts;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Two members in one JVM, on loopback. */
@Timeout(120)
class HazelcastNodesTests {

	private static HazelcastNodes one;

	private static HazelcastNodes two;

	private static final Heard HEARD_ONE = new Heard();

	private static final Heard HEARD_TWO = new Heard();

	@BeforeAll
	static void start() throws IOException {
		int[] ports = ports();
		List<String> members = List.of("127.0.0.1:" + ports[0], "127.0.0.1:" + ports[1]);
		String name = "greenroom-" + ProcessHandle.current().pid();
		one = HazelcastNodes.start(new MemberOptions(name, members, null, "127.0.0.1", ports[0], Duration.ofSeconds(1),
				Duration.ofSeconds(10)), HazelcastNodesTests::quick);
		one.start(HEARD_ONE);
		two = HazelcastNodes.start(new MemberOptions(name, members, null, "127.0.0.1", ports[1], Duration.ofSeconds(1),
				Duration.ofSeconds(10)), HazelcastNodesTests::quick);
		two.start(HEARD_TWO);
		one.takeKeys();
		two.takeKeys();
	}

	private static void quick(Config config) {
		config.setProperty("hazelcast.partition.count", "23");
	}

	private static int[] ports() {
		return FreePorts.of(3).stream().mapToInt(Integer::intValue).toArray();
	}

	@AfterAll
	static void stop() {
		one.close();
		two.close();
	}

	@Test
	@DisplayName("N11 two members see each other, agree on who has a key, speak in order, and one leaves")
	void members() throws InterruptedException {
		Until.until("both to know all owners", () -> IntStream.range(0, 100).allMatch((i) -> {
			String owner = one.owner("h[" + i + "]");
			return owner != null && owner.equals(two.owner("h[" + i + "]"));
		}));
		assertThat(one.members()).hasSize(2).isEqualTo(two.members());
		List<String> mine = new ArrayList<>();
		String owner = one.owner("h[0]");
		for (int i = 0; i < 100; i++) {
			assertThat(one.owner("h[" + i + "]")).isEqualTo(two.owner("h[" + i + "]"));
			mine.add(one.owner("h[" + i + "]"));
		}
		assertThat(mine).contains(one.here(), two.here()).contains(owner);
		// Far more keys than a member remembers, asked of the other in another order.
		List<String> owners = IntStream.range(0, 5000).mapToObj((i) -> one.owner("h[" + i + "]")).toList();
		for (int i = 4999; i >= 0; i--) {
			assertThat(two.owner("h[" + i + "]")).isEqualTo(owners.get(i));
		}
		for (int i = 0; i < 100; i++) {
			assertThat(one.send(two.here(), new byte[] { (byte) i })).isTrue();
		}
		for (int i = 0; i < 100; i++) {
			assertThat(HEARD_TWO.messages.poll(10, TimeUnit.SECONDS)).containsExactly(i);
		}
		assertThat(one.send("00000000-0000-0000-0000-000000000000", new byte[1])).isFalse();
		String gone = two.here();
		two.giveKeysAway();
		Until.until("one to have all keys",
				() -> IntStream.range(0, 100).allMatch((i) -> one.here().equals(one.owner("h[" + i + "]"))));
		assertThat(one.send(gone, new byte[] { 7 })).as("it can still answer").isTrue();
		assertThat(HEARD_TWO.messages.poll(10, TimeUnit.SECONDS)).containsExactly(7);
		two.close();
		assertThat(HEARD_ONE.left.poll(10, TimeUnit.SECONDS)).isEqualTo(gone);
		assertThat(one.send(gone, new byte[1])).isFalse();
	}

	@Test
	@DisplayName("N14 nothing leaves the machine by default: loopback, no multicast, no phone home, no shutdown hook")
	void quiet() {
		Config config = HazelcastNodes.config(new MemberOptions("c", List.of("127.0.0.1"), null, "127.0.0.1", 5701,
				Duration.ofSeconds(1), Duration.ofSeconds(10)));
		AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
		assertThat(network.isEnabled()).isTrue();
		assertThat(network.getJoin().getMulticastConfig().isEnabled()).isFalse();
		assertThat(network.getJoin().getAutoDetectionConfig().isEnabled()).isFalse();
		assertThat(network.getEndpointConfigs()).containsOnlyKeys(EndpointQualifier.MEMBER);
		assertThat(network.getEndpointConfigs().get(EndpointQualifier.MEMBER).getInterfaces().getInterfaces())
			.containsExactly("127.0.0.1");
		assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
		assertThat(config.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
		assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
	}

	@Test
	@DisplayName("N04 a node that leaves and can't hand over its keys waits for seconds, not for Hazelcast's ten minutes")
	void leaving() {
		Config config = HazelcastNodes.config(new MemberOptions("c", List.of("127.0.0.1"), null, "127.0.0.1", 5701,
				Duration.ofSeconds(1), Duration.ofSeconds(10)));
		assertThat(new HazelcastProperties(config).getSeconds(ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT))
			.isEqualTo(10);
	}

	@Test
	@DisplayName("N14 nodes are looked for by DNS at the port that they listen on")
	void kubernetes() {
		Config config = HazelcastNodes.config(new MemberOptions("c", List.of(), "shop.default.svc", "10.0.0.7", 7100,
				Duration.ofSeconds(1), Duration.ofSeconds(10)));
		assertThat(config.getAdvancedNetworkConfig().getJoin().getKubernetesConfig().getProperties())
			.containsEntry("service-dns", "shop.default.svc")
			.containsEntry("service-port", "7100");
	}

	@Test
	@DisplayName("N14 a customizer that changes what the member does not use is told what to change")
	void customizedInVain() {
		MemberOptions options = new MemberOptions("c", List.of("127.0.0.1"), null, "127.0.0.1", 5701,
				Duration.ofSeconds(1), Duration.ofSeconds(10));
		assertThatIllegalStateException()
			.isThrownBy(() -> HazelcastNodes.start(options, (config) -> config.getNetworkConfig().setPort(5800)))
			.withMessageContaining("Config#getAdvancedNetworkConfig()");
	}

	@Test
	@DisplayName("N03 a node that accepts connections and says nothing, as a frozen one, does not hold up the messages between the others")
	void frozen() throws Exception {
		String name = "frozen-" + ProcessHandle.current().pid();
		int[] ports = ports();
		List<String> all = IntStream.of(ports).mapToObj((port) -> "127.0.0.1:" + port).toList();
		try (Talking first = new Talking(name, all, ports[0]); Talking second = new Talking(name, all, ports[1])) {
			Until.until("each to see both", () -> first.seesTwo() && second.seesTwo());
			// Whoever searches for other clusters connects to it after some seconds.
			try (ServerSocket frozen = new ServerSocket(ports[2], 1, InetAddress.getLoopbackAddress());
					Socket unanswered = frozen.accept()) {
				assertThat(unanswered.isConnected()).isTrue();
				List<Thread> talkers = new ArrayList<>();
				for (int i = 0; i < Talking.THREADS; i++) {
					talkers.add(Thread.ofPlatform().daemon().start(() -> first.talkTo(second)));
					talkers.add(Thread.ofPlatform().daemon().start(() -> second.talkTo(first)));
				}
				for (Thread talker : talkers) {
					assertThat(talker.join(Duration.ofSeconds(30))).as("the sender ends").isTrue();
				}
				Until.until("all messages to arrive", () -> first.hasHeardAll() && second.hasHeardAll());
				assertThat(first.seesTwo() && second.seesTwo()).isTrue();
			}
		}
	}

	/** A member whose connections share one thread that writes. */
	private static final class Talking implements Nodes.Events, AutoCloseable {

		static final int THREADS = 4;

		private static final int MESSAGES = 2000;

		private final AtomicInteger heard = new AtomicInteger();

		private final HazelcastNodes nodes;

		Talking(String name, List<String> members, int port) {
			this.nodes = HazelcastNodes.start(new MemberOptions(name, members, null, "127.0.0.1", port,
					Duration.ofSeconds(1), Duration.ofSeconds(10)), (config) -> {
						quick(config);
						config.setProperty("hazelcast.io.output.thread.count", "1");
					});
			this.nodes.start(this);
			this.nodes.takeKeys();
		}

		boolean seesTwo() {
			return this.nodes.members().size() == 2;
		}

		void talkTo(Talking other) {
			for (int i = 0; i < MESSAGES; i++) {
				this.nodes.send(other.nodes.here(), new byte[200]);
			}
		}

		boolean hasHeardAll() {
			return this.heard.get() == THREADS * MESSAGES;
		}

		@Override
		public void received(String from, byte[] message) {
			this.heard.incrementAndGet();
		}

		@Override
		public void left(String node) {
		}

		@Override
		public void changed() {
		}

		@Override
		public void merged() {
		}

		@Override
		public void close() {
			this.nodes.close();
		}

	}

	@Test
	@DisplayName("N07 members that reach the oldest but not each other are told of: one of them is left out")
	void partialDisconnections() {
		Config config = HazelcastNodes.config(new MemberOptions("c", List.of("127.0.0.1"), null, "127.0.0.1", 5701,
				Duration.ofSeconds(1), Duration.ofSeconds(10)));
		HazelcastProperties known = new HazelcastProperties(config);
		assertThat(known.getInteger(ClusterProperty.PARTIAL_MEMBER_DISCONNECTION_RESOLUTION_HEARTBEAT_COUNT))
			.isPositive();
	}

	@Test
	@DisplayName("N07 a member that merges with another has another id then, and sends nothing by its former one")
	void merging() throws IOException {
		String name = "merging-" + ProcessHandle.current().pid();
		int[] ports = ports();
		// The second finds the first, which does not look for it, and only when it looks
		// again.
		try (Merging second = new Merging(name, List.of("127.0.0.1:" + ports[1], "127.0.0.1:" + ports[0]), ports[1]);
				Merging first = new Merging(name, List.of("127.0.0.1:" + ports[0]), ports[0])) {
			Until.until("one to merge", () -> first.merged || second.merged);
			Until.until("each to see both",
					() -> first.nodes.members().size() == 2 && first.nodes.members().equals(second.nodes.members()));
			assertThat(first.nodes.send(second.nodes.here(), new byte[] { 2 })).isTrue();
			assertThat(second.nodes.send(first.nodes.here(), new byte[] { 2 })).isTrue();
			Until.until("both to hear of the other", () -> first.last && second.last);
			assertThat(first.others()).containsOnly(second.nodes.here());
			assertThat(second.others()).containsOnly(first.nodes.here());
		}
	}

	/** Sends to all others whenever something changes. */
	private static final class Merging implements Nodes.Events, AutoCloseable {

		private final Set<String> senders = ConcurrentHashMap.newKeySet();

		/** The ids that this member has had. */
		private final Set<String> mine = ConcurrentHashMap.newKeySet();

		private final HazelcastNodes nodes;

		private volatile boolean merged;

		private volatile boolean last;

		Merging(String name, List<String> members, int port) {
			this.nodes = HazelcastNodes.start(new MemberOptions(name, members, null, "127.0.0.1", port,
					Duration.ofSeconds(1), Duration.ofSeconds(10)), HazelcastNodesTests::quick);
			this.mine.add(this.nodes.here());
			this.nodes.start(this);
			this.nodes.takeKeys();
		}

		/** Returns who has sent something, except this member. */
		Set<String> others() {
			Set<String> others = new TreeSet<>(this.senders);
			others.removeAll(this.mine);
			return others;
		}

		@Override
		public void received(String from, byte[] message) {
			this.senders.add(from);
			this.last |= message[0] == 2;
		}

		@Override
		public void left(String node) {
		}

		@Override
		public void changed() {
			for (String member : this.nodes.members()) {
				this.nodes.send(member, new byte[] { 1 });
			}
		}

		@Override
		public void merged() {
			this.mine.add(this.nodes.here());
			this.merged = true;
		}

		@Override
		public void close() {
			this.nodes.close();
		}

	}

	private static final class Heard implements Nodes.Events {

		private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> left = new LinkedBlockingQueue<>();

		@Override
		public void received(String from, byte[] message) {
			this.messages.add(message);
		}

		@Override
		public void left(String node) {
			this.left.add(node);
		}

		@Override
		public void changed() {
		}

		@Override
		public void merged() {
		}

	}

}
