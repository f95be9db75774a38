package io.greenroom.console.internal;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.greenroom.actuate.internal.GreenroomDump;
import io.greenroom.actuate.internal.GreenroomEndpoint;
import io.greenroom.actuate.internal.MachineDiagram;
import io.greenroom.actuate.internal.Overview;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomEndpointAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.green.GreenThread;
import io.greenroom.green.GreenThreadDump;
import io.greenroom.keyed.internal.KeyedSnapshot;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
class ConsoleFrameTests {

	private static final JsonMapper MAPPER = new JsonMapper();

	/** As issue 18 has it. */
	private static final int MOST_BYTES = 50_000;

	@ParameterizedTest
	@ValueSource(strings = { "plain", "\u00e4\u4e2d\ud83d\ude00", "<script>alert('&\"')</script>\n\u2028" })
	@DisplayName("M13 a frame stays below 50 kB whatever there is and however it is called, and counts all of it")
	void bounded(String part) {
		String name = part.repeat(400 / part.length());
		byte[] frame = ConsoleFrame.of(crowd(name), Instant.EPOCH);
		assertThat(frame).hasSizeBetween(20_000, MOST_BYTES);
		String text = new String(frame, StandardCharsets.UTF_8);
		assertThat(text).doesNotContain("<", ">", "\n", "\u2028").isASCII();
		JsonNode read = MAPPER.readTree(text);
		assertThat(read.at("/handlers/all").asInt()).isEqualTo(1000);
		assertThat(read.at("/pools/all").asInt()).isEqualTo(1000);
		assertThat(read.at("/problems/all").asInt()).isEqualTo(1000);
		assertThat(read.at("/machines/all").asInt()).isEqualTo(100);
		assertThat(read.at("/waits/all").asInt()).isEqualTo(1000);
		assertThat(read.at("/queued").asInt()).isEqualTo(499_500 + 50 * 3);
		assertThat(read.at("/machineCount").asLong()).isEqualTo(100 * 20 * 5000);
		for (String kind : List.of("handlers", "pools", "problems", "machines", "waits", "keyed")) {
			assertThat(read.at("/" + kind + "/rows").size()).as(kind).isPositive();
			assertThat(read.at("/" + kind + "/rows/0").toString().length()).isLessThan(MOST_BYTES);
		}
		assertThat(read.at("/handlers/rows/0/name").asString()).startsWith(name.substring(0, 90));
	}

	private static Overview crowd(String name) {
		List<HandlerSnapshot> handlers = new ArrayList<>();
		List<GreenroomDump.Problem> problems = new ArrayList<>();
		List<GreenroomDump.Pool> pools = new ArrayList<>();
		List<GreenroomDump.Failed> failed = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			handlers.add(handler(name + i, i, Duration.ofMillis(i), "cook",
					new HandlerSnapshot.Circle(
							List.of(name + ".a waits for b.c at X", "b.c waits for " + name + ".d at Y"),
							Duration.ofSeconds(i))));
			problems.add(new GreenroomDump.Problem(GreenroomDump.Kind.STUCK_BODY, name + i, name, Duration.ofSeconds(i),
					name, List.of(name, name, name, name, name, name, name, name, name)));
			pools.add(new GreenroomDump.Pool(name + i, 4, 4, i, Map.of("full", 3L), Duration.ofSeconds(i)));
		}
		List<KeyedSnapshot> keyed = new ArrayList<>();
		List<MachineDiagram> machines = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			if (i < 50) {
				keyed.add(new KeyedSnapshot(name + i, 1, 1, 1, 3, Duration.ofSeconds(3), 4L, List.of()));
			}
			List<MachineDiagram.Node> states = new ArrayList<>();
			List<MachineDiagram.Move> moves = new ArrayList<>();
			for (int s = 0; s < 20; s++) {
				states.add(new MachineDiagram.Node("state" + s, s == 0, false, 5000));
				moves.add(new MachineDiagram.Move("state" + s, "state" + (s + 1) % 20, true, 1_000_000));
			}
			machines.add(new MachineDiagram(name + i, states, moves));
			failed.add(new GreenroomDump.Failed(name + i, "state3", 7, name, name, Instant.EPOCH));
		}
		Map<GreenroomDump.Kind, Integer> counts = new EnumMap<>(GreenroomDump.Kind.class);
		counts.put(GreenroomDump.Kind.STUCK_BODY, 1000);
		return new Overview(problems, counts, "green", 100_000, handlers, keyed, pools, machines, failed,
				new GreenroomDump.Cluster(3, 2, 0.33, 1, 2, Map.of()));
	}

	private static HandlerSnapshot handler(String name, int queued, Duration running, @Nullable String method,
			HandlerSnapshot.@Nullable Circle circle) {
		return new HandlerSnapshot(name, HandlerSnapshot.State.OPEN, 10_000, queued, Duration.ZERO, null,
				(method != null) ? List.of(new HandlerSnapshot.Body(method, "thread", running, running, null))
						: List.of(),
				(method != null) ? List.of(new HandlerSnapshot.Edge(method, "thread", name, "call")) : List.of(), null,
				circle);
	}

	@Test
	@DisplayName("M13 handlers that need a look come first: dead, then long at it, then full")
	void byNeed() {
		HandlerSnapshot dead = new HandlerSnapshot("z", HandlerSnapshot.State.DEAD, 1, 0, Duration.ZERO, null,
				List.of(), List.of(), "of it", null);
		Overview seen = overview(handler("a", 0, Duration.ZERO, null, null), handler("b", 5, Duration.ZERO, null, null),
				handler("c", 0, Duration.ofSeconds(3), "cook", null), dead);
		JsonNode read = MAPPER.readTree(ConsoleFrame.of(seen, Instant.EPOCH));
		assertThat(read.at("/handlers/rows").valueStream().map((row) -> row.get("name").asString()))
			.containsExactly("z", "c", "b", "a");
		assertThat(read.at("/busy").asInt()).isOne();
		assertThat(MAPPER.readTree(ConsoleFrame.handlers(seen, "C")).at("/handlers/rows").size()).isOne();
		assertThat(MAPPER.readTree(ConsoleFrame.handlers(seen, "nobody")).at("/handlers/all").asInt()).isZero();
	}

	@Test
	@DisplayName("M13 a circle is told as waits, each of whom waits for the next")
	void circles() {
		JsonNode read = MAPPER
			.readTree(ConsoleFrame.of(overview(handler("waiter", 0, Duration.ZERO, null,
					new HandlerSnapshot.Circle(List.of("my.waiter.ask waits for guest.answer at Waiter.java:7",
							"guest.answer waits for room in a full mailbox for my.waiter.thanks at Guest.java:8"),
							Duration.ofSeconds(1)))),
					Instant.EPOCH));
		assertThat(
				read.at("/circles")
					.valueStream()
					.map((edge) -> edge.get("from").asString() + ">" + edge.get("to").asString() + "."
							+ edge.get("call").asString()))
			.containsExactly("my.waiter>guest.answer", "guest>my.waiter.thanks");
	}

	private static Overview overview(HandlerSnapshot... handlers) {
		return new Overview(List.of(), Map.of(), "green", 0, List.of(handlers), List.of(), List.of(), List.of(),
				List.of(), null);
	}

	@Test
	@DisplayName("M13 with 1 000 handlers and many machines a frame of a running application takes less than 1 % of a processor")
	void cheap() {
		int machines = Integer.getInteger("greenroom.test.machines", 5_000);
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
							StateAutoConfiguration.class, GreenroomEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=greenroom")
			.withInitializer((context) -> {
				for (int i = 0; i < 1000; i++) {
					((GenericApplicationContext) context).registerBeanDefinition("handler" + i,
							new RootBeanDefinition(Counter.class));
				}
			})
			.run((context) -> {
				for (int i = 0; i < 1000; i++) {
					((Counter) context.getBean("handler" + i)).count();
				}
				List<Object> kept = new ArrayList<>();
				StateMachines states = context.getBean(StateMachines.class);
				for (int i = 0; i < machines; i++) {
					Order order = states.create(Order.class);
					order.ordered();
					kept.add(order);
				}
				GreenroomEndpoint endpoint = context.getBean(GreenroomEndpoint.class);
				Until.until("all machines to be counted",
						() -> endpoint.overview(0).machines().getFirst().states().getFirst().count() == machines);
				long best = Long.MAX_VALUE;
				byte[] frame = {};
				for (int i = 0; i < 100; i++) {
					long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
					frame = ConsoleFrame.of(endpoint.overview(ConsoleFrame.PROBLEMS), Instant.now());
					best = Math.min(best, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before);
				}
				assertThat(kept).hasSize(machines);
				assertThat(frame).hasSizeLessThan(MOST_BYTES);
				assertThat(Duration.ofNanos(best)).as("1 % of the two seconds between frames")
					.isLessThan(Duration.ofMillis(20));
				if (machines > 50_000) {
					System.out
						.println(machines + " machines: " + Duration.ofNanos(best) + ", " + frame.length + " bytes");
				}
			});
	}

	@Test
	@DisplayName("M13 threads are found below their ancestors, in any case of letters")
	void threads() {
		List<GreenThreadDump.Entry> all = List.of(thread(0, "kitchen"), thread(1, "cook"), thread(2, "Stirrer"),
				thread(1, "washer"), thread(0, "bar"), thread(1, "stirrer 2"));
		GreenThreadDump dump = new GreenThreadDump("green", 6, all);
		JsonNode read = MAPPER
			.readTree(ThreadSearch.search(new GreenThreadDump("green", 6, List.of()), (_) -> dump, "STIR"));
		assertThat(read.at("/threads/all").asInt()).isEqualTo(2);
		assertThat(read.at("/threads/rows")
			.valueStream()
			.map((row) -> row.get("depth").asInt() + " " + row.get("name").asString()
					+ (row.get("match").asBoolean() ? "!" : "")))
			.containsExactly("0 kitchen", "1 cook", "2 Stirrer!", "0 bar", "1 stirrer 2!");
		List<Integer> frames = new ArrayList<>();
		ThreadSearch.search(new GreenThreadDump("green", 5000, List.of()), (asked) -> {
			frames.add(asked);
			return dump;
		}, "");
		assertThat(frames).as("no stacks of very many").containsExactly(0);
	}

	private static GreenThreadDump.Entry thread(int depth, String name) {
		return new GreenThreadDump.Entry(depth, name, GreenThread.State.RUNNING, Thread.State.WAITING, null, List.of(),
				List.of());
	}

	@DeferredHandler
	static class Counter {

		private int count;

		int count() {
			return ++this.count;
		}

	}

	static class Order {

		@State(initial = true, transitionsTo = "paid")
		void ordered() {
		}

		@State
		void paid() {
		}

	}

}
