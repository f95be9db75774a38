package io.greenroom.bench;

import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import io.greenroom.autoconfigure.ClusterAutoConfiguration;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.internal.ClusterHandlers;
import io.greenroom.testkit.Until;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.MapPropertySource;

/**
 * A sync call of a key that another node owns against Hazelcast's {@code submitToMember}
 * of a task that does nothing; and a call of a key that this node owns against the same
 * without a cluster. Both members are in one JVM, over loopback. With {@code -t 16} for
 * 16 callers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class RemoteCall {

	/** The wake-up of a platform thread would take much longer than what is compared. */
	private static final int CALLS = 10_000;

	private final List<AnnotationConfigApplicationContext> contexts = new ArrayList<>();

	private final List<HazelcastInstance> members = new ArrayList<>();

	private Counter elsewhere;

	private Counter here;

	private Counter alone;

	private IExecutorService executor;

	private Member other;

	@Setup
	public void open() throws Exception {
		openNodes();
		AnnotationConfigApplicationContext single = context(Map.of());
		this.alone = keyed(single).get("k0");
		openHazelcast();
	}

	private void openNodes() throws IOException {
		List<Integer> ports = ports(2);
		String addresses = addresses(ports);
		for (int port : ports) {
			context(Map.of("greenroom.cluster.members", addresses, "greenroom.cluster.port", port,
					"greenroom.cluster.name", "bench-" + ports.getFirst()));
		}
		ClusterHandlers first = this.contexts.getFirst().getBean(ClusterHandlers.class);
		Until.until("both nodes to have keys",
				() -> first.nodes() == 2 && first.share() > 0.4 && first.share() < 0.6);
		Keyed<String, Counter> counters = keyed(this.contexts.getFirst());
		for (int i = 0; this.here == null || this.elsewhere == null; i++) {
			int active = keyed(this.contexts.get(1)).active();
			Counter counter = counters.get("k" + i);
			counter.increment();
			if (keyed(this.contexts.get(1)).active() > active) {
				this.elsewhere = counter;
			}
			else {
				this.here = counter;
			}
		}
	}

	private AnnotationConfigApplicationContext context(Map<String, Object> settings) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("bench", settings));
		context.register(Application.class, Counter.class);
		context.refresh();
		this.contexts.add(context);
		return context;
	}

	private static Keyed<String, Counter> keyed(AnnotationConfigApplicationContext context) {
		return context
			.<Keyed<String, Counter>>getBeanProvider(
					ResolvableType.forClassWithGenerics(Keyed.class, String.class, Counter.class))
			.getObject();
	}

	private void openHazelcast() throws IOException {
		List<Integer> ports = ports(2);
		for (int port : ports) {
			Config config = new Config().setClusterName("plain-" + ports.getFirst());
			config.setProperty("hazelcast.phone.home.enabled", "false");
			config.setProperty("hazelcast.logging.type", "slf4j");
			config.setProperty("hazelcast.socket.bind.any", "false");
			config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
			config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
			config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
			config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember(addresses(ports));
			this.members.add(Hazelcast.newHazelcastInstance(config));
		}
		HazelcastInstance first = this.members.getFirst();
		Until.until("both members to be there", () -> first.getCluster().getMembers().size() == 2);
		this.executor = first.getExecutorService("bench");
		this.other = this.members.get(1).getCluster().getLocalMember();
	}

	private static String addresses(List<Integer> ports) {
		return ports.stream().map((port) -> "127.0.0.1:" + port).collect(Collectors.joining(","));
	}

	private static List<Integer> ports(int count) throws IOException {
		List<ServerSocket> sockets = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
		}
		List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
		for (ServerSocket socket : sockets) {
			socket.close();
		}
		return ports;
	}

	@TearDown
	public void close() {
		this.contexts.reversed().forEach(AnnotationConfigApplicationContext::close);
		this.members.forEach(HazelcastInstance::shutdown);
	}

	@Benchmark
	public int remote() {
		return this.elsewhere.increment();
	}

	@Benchmark
	public Object submitToMember() throws Exception {
		return this.executor.submitToMember(new Nothing(), this.other).get();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void owned() throws InterruptedException {
		Callers.run(1, CALLS, this.here::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void withoutCluster() throws InterruptedException {
		Callers.run(1, CALLS, this.alone::increment);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			ClusterAutoConfiguration.class })
	static class Application {

	}

	/** Counts in memory. */
	@DeferredHandler
	public static class Counter {

		private int count;

		public Counter(@Key String key) {
		}

		public int increment() {
			return ++this.count;
		}

	}

	/** What Hazelcast runs on the other member. */
	static final class Nothing implements Callable<Integer>, Serializable {

		private static final long serialVersionUID = 1L;

		@Override
		public Integer call() {
			return 1;
		}

	}

}
