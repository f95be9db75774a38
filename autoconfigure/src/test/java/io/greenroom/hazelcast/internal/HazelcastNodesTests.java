package io.greenroom.hazelcast.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.hazelcast.config.Config;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import io.greenroom.cluster.internal.Nodes;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two members in one JVM, on loopback. */
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

	private static int[] ports() throws IOException {
		try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return new int[] { first.getLocalPort(), second.getLocalPort() };
		}
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
		assertThat(config.getNetworkConfig().getJoin().getMulticastConfig().isEnabled()).isFalse();
		assertThat(config.getNetworkConfig().getJoin().getAutoDetectionConfig().isEnabled()).isFalse();
		assertThat(config.getNetworkConfig().getInterfaces().getInterfaces()).containsExactly("127.0.0.1");
		assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
		assertThat(config.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
		assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
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
