package io.greenroom.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;

import com.hazelcast.core.HazelcastInstance;
import io.greenroom.actuate.internal.ClusterHealthIndicator;
import io.greenroom.cluster.internal.Nodes;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.hazelcast.ClusterMemberCustomizer;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.internal.ClusterHandlers;
import io.greenroom.testkit.BootProcess;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ResolvableType;

import static org.assertj.core.api.Assertions.assertThat;

/** What makes an application a node of a cluster, and what does not. */
@ExtendWith(OutputCaptureExtension.class)
class ClusterAutoConfigurationTests {

	private final ApplicationContextRunner greenroom = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				ClusterAutoConfiguration.class, GreenroomMetricsAutoConfiguration.class))
		.withBean("tally", Tally.class)
		.withBean("desk", Desk.class);

	@Test
	@DisplayName("N14 Hazelcast on the class path and no greenroom.cluster: no node is started")
	void absent() {
		this.greenroom.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(ClusterHandlers.class)
			.doesNotHaveBean(Nodes.class));
		this.greenroom.withPropertyValues("greenroom.cluster.port=5000", "greenroom.cluster.members=")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Nodes.class));
	}

	@Test
	@DisplayName("N14 members of one: calls work, the start says nodes, quorum and share, handlers without a key are named, meters and health are there, the user's own Hazelcast is left alone, a customizer is asked")
	void memberOfOne(CapturedOutput output) {
		int port = port();
		HazelcastInstance users = Mockito.mock(HazelcastInstance.class);
		this.greenroom
			.withPropertyValues("greenroom.cluster.members=127.0.0.1:" + port, "greenroom.cluster.port=" + port,
					"greenroom.cluster.name=one-" + port)
			.withBean("usersHazelcast", HazelcastInstance.class, () -> users,
					(definition) -> ((org.springframework.beans.factory.support.AbstractBeanDefinition) definition)
						.setDestroyMethodName(""))
			.withBean("meters", MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(ClusterMemberCustomizer.class,
					() -> (config) -> config.setProperty("hazelcast.partition.count", "7"))
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(HazelcastInstance.class);
				@SuppressWarnings("unchecked")
				Keyed<String, Tally> tallies = (Keyed<String, Tally>) context
					.getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, String.class, Tally.class))
					.getObject();
				assertThat(tallies.get("a").next()).isOne();
				assertThat(tallies.get("a").next()).isEqualTo(2);
				assertThat(output).containsPattern("Node .*" + port + " of 1 nodes, quorum 1, with 100 % of the keys")
					.contains("Handlers [desk] have no key");
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(meters.get("greenroom.cluster.nodes").gauge().value()).isOne();
				assertThat(meters.get("greenroom.cluster.share").gauge().value()).isOne();
				assertThat(meters.get("greenroom.cluster.events").tag("what", "resent").functionCounter().count())
					.isZero();
				assertThat(context.getBean(ClusterHealthIndicator.class).health().getStatus()).isEqualTo(Status.UP);
				Mockito.verifyNoInteractions(users);
			});
	}

	@Test
	@DisplayName("N07 N14 too few nodes: the start warns, health is out of service")
	void noQuorum(CapturedOutput output) {
		int port = port();
		this.greenroom
			.withPropertyValues("greenroom.cluster.members=127.0.0.1:%d,127.0.0.1:1,127.0.0.1:2".formatted(port),
					"greenroom.cluster.port=" + port, "greenroom.cluster.name=alone-" + port)
			.run((context) -> {
				assertThat(output).contains("sees 1 of at least 2 nodes: calls by key wait for the others");
				assertThat(context.getBean(ClusterHealthIndicator.class).health().getStatus())
					.isEqualTo(Status.OUT_OF_SERVICE);
			});
	}

	@Test
	@DisplayName("N14 members are set and Hazelcast or Jackson is missing: the start names the dependency")
	void dependencyMissing() {
		ApplicationContextRunner clustered = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class,
					DeferredAutoConfiguration.class, ClusterAutoConfiguration.class))
			.withPropertyValues("greenroom.cluster.members=127.0.0.1");
		clustered.withClassLoader(new FilteredClassLoader("com.hazelcast"))
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("com.hazelcast:hazelcast"));
		clustered.withClassLoader(new FilteredClassLoader("tools.jackson.databind"))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("tools.jackson.core:jackson-databind"));
	}

	static Stream<List<String>> wrong() {
		return Stream.of(List.of("greenroom.cluster.quorum", "greenroom.cluster.quorum=0"),
				List.of("greenroom.cluster.quorum", "greenroom.cluster.quorum=2"),
				List.of("greenroom.cluster.quorum", "greenroom.cluster.members=",
						"greenroom.cluster.kubernetes-dns=here", "greenroom.cluster.interface=10.0.0.*"),
				List.of("greenroom.cluster.kubernetes-dns", "greenroom.cluster.kubernetes-dns=here"),
				List.of("greenroom.cluster.interface", "greenroom.cluster.members=10.0.0.1,10.0.0.2"),
				List.of("greenroom.cluster.port", "greenroom.cluster.port=0"),
				List.of("greenroom.cluster.port", "greenroom.cluster.port=65536"),
				List.of("greenroom.cluster.name", "greenroom.cluster.name= "),
				List.of("greenroom.cluster.heartbeat", "greenroom.cluster.heartbeat=10ms"),
				List.of("greenroom.cluster.heartbeat-limit", "greenroom.cluster.heartbeat-limit=1s"));
	}

	@ParameterizedTest
	@MethodSource("wrong")
	@DisplayName("A04 a wrong setting of the cluster stops the start, which names the key and what is allowed")
	void wrongSettings(List<String> keyAndSettings) {
		this.greenroom.withPropertyValues("greenroom.cluster.members=127.0.0.1")
			.withPropertyValues(keyAndSettings.subList(1, keyAndSettings.size()).toArray(String[]::new))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(keyAndSettings.getFirst() + " is ")
				.hasStackTraceContaining("; allowed: "));
	}

	@Test
	@DisplayName("N14 without greenroom.cluster no class of the cluster or of Hazelcast is loaded, from the start to a call by key")
	void loadsNothing() {
		try (BootProcess process = new BootProcess(List.of("-Xlog:class+load"), Alone.class,
				"--spring.main.banner-mode=off")) {
			process.await("called");
			process.kill();
			assertThat(process.output()).contains("io.greenroom.keyed.")
				.doesNotContain(" io.greenroom.cluster.")
				.doesNotContain(" io.greenroom.hazelcast.")
				.doesNotContain(" com.hazelcast.")
				.doesNotContain("io.greenroom.spring.internal.ClusterHandlers");
		}
	}

	private static int port() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** An application of one node. */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			StateAutoConfiguration.class, DurableAutoConfiguration.class, ClusterAutoConfiguration.class })
	@Import(Tally.class)
	static class Alone {

		public static void main(String[] args) {
			var context = new SpringApplicationBuilder(Alone.class).web(WebApplicationType.NONE).run(args);
			@SuppressWarnings("unchecked")
			Keyed<String, Tally> tallies = (Keyed<String, Tally>) context
				.getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, String.class, Tally.class))
				.getObject();
			BootProcess.stayAt((tallies.get("a").next() == 1) ? "called" : "wrong");
		}

	}

	@DeferredHandler
	static class Tally {

		private int count;

		Tally(@Key String id) {
		}

		int next() {
			return ++this.count;
		}

	}

	@DeferredHandler
	static class Desk {

		void work() {
		}

	}

}
