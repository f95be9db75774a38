package io.greenroom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomMetricsAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.ClusterGauges;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.KeyedGauges;
import io.greenroom.observe.KeyedListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.OutboxGauges;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard, the alert rules and the runbook name what there is: meters, tags,
 * entries and tests.
 */
class MonitoringTests {

	private static final Path DOCS = Path.of("../docs");

	private static final Path RUNBOOK = DOCS.resolve("guide/three-in-the-morning.md");

	private static final Duration MILLI = Duration.ofMillis(1);

	private static final Pattern METER = Pattern.compile("greenroom_[a-z_]+");

	/** What Prometheus adds to each series. */
	private static final Set<String> ADDED = Set.of("job", "instance");

	/** The labels of each series, by its name as Prometheus has it. */
	private static final Map<String, Set<String>> SERIES = new HashMap<>();

	@BeforeAll
	static void meters() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
							StateAutoConfiguration.class, GreenroomMetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.withUserConfiguration(Choir.class)
			.run((context) -> {
				context.getBean(Choir.class).sing();
				Lamp lamp = context.getBean(StateMachines.class).create(Lamp.class);
				lamp.dark();
				lamp.lit();
				GreenPool pool = context.getBean(GreenScheduler.class).pool("tables", 1);
				pool.submit(() -> 1).join();
				Rest rest = new Rest();
				rest.happens(context.getBean(MeterObserver.class));
				context.getBean(MeterRegistry.class).getMeters().forEach(MonitoringTests::add);
				assertThat(rest).isNotNull();
			});
	}

	private static void add(Meter meter) {
		String name = meter.getId().getName().replace('.', '_');
		String unit = meter.getId().getBaseUnit();
		String base = (unit != null && !name.endsWith("_" + unit)) ? name + "_" + unit : name;
		Stream<String> names = switch (meter.getId().getType()) {
			case COUNTER -> Stream.of(base + "_total");
			case TIMER -> Stream.of("_count", "_sum", "_max").map((part) -> base + part);
			default -> Stream.of(base);
		};
		names.forEach((each) -> SERIES.put(each,
				meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet())));
	}

	@Test
	@DisplayName("M15 each query of the dashboard names meters and tags that there are, and each meter is on it")
	void dashboard() throws IOException {
		JsonNode dashboard = new JsonMapper()
			.readTree(Files.readString(DOCS.resolve("monitoring/greenroom-dashboard.json")));
		Set<String> seen = new HashSet<>();
		Set<Integer> ids = new HashSet<>();
		for (JsonNode panel : dashboard.get("panels")) {
			assertThat(ids.add(panel.get("id").asInt())).as("an id of its own: %s", panel.get("title")).isTrue();
			for (JsonNode target : panel.path("targets")) {
				String query = target.get("expr").asString();
				check(query);
				seen.addAll(found(METER, query));
				Set<String> by = by(query);
				assertThat(by.isEmpty() ? ADDED : by).as(target.toString())
					.containsAll(
							found(Pattern.compile("(?<=\\{\\{)\\w+(?=}})"), target.get("legendFormat").asString()));
			}
		}
		assertThat(seen).hasSizeGreaterThan(30);
		Set<String> missing = SERIES.keySet()
			.stream()
			.map((name) -> name.replaceAll("_(count|sum|max)$", ""))
			.filter((name) -> seen.stream().noneMatch((each) -> each.startsWith(name)))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(missing).as("meters that no panel shows").isEmpty();
		for (JsonNode variable : dashboard.at("/templating/list")) {
			assertThat(SERIES.keySet()).containsAll(found(METER, variable.get("query").toString()));
		}
	}

	@Test
	@DisplayName("M15 each alert rule names meters and tags that there are, and leads to its entry in the runbook")
	void alerts() throws IOException {
		Map<String, Object> file = new Yaml().load(Files.readString(DOCS.resolve("monitoring/greenroom-alerts.yml")));
		List<Map<String, Object>> rules = maps(maps(file.get("groups")).getFirst().get("rules"));
		assertThat(rules).hasSizeGreaterThan(10).extracting((rule) -> rule.get("alert")).doesNotHaveDuplicates();
		Set<String> entries = entries().keySet()
			.stream()
			.map((title) -> title.toLowerCase(Locale.ROOT).replace(' ', '-'))
			.collect(Collectors.toSet());
		for (Map<String, Object> rule : rules) {
			String query = String.valueOf(rule.get("expr"));
			check(query);
			assertThat(map(rule.get("labels")).get("severity")).isIn("critical", "warning", "info");
			Map<String, Object> notes = map(rule.get("annotations"));
			assertThat(by(query)).as(query)
				.containsAll(found(Pattern.compile("(?<=\\$labels\\.)\\w+"), String.valueOf(notes.get("summary"))));
			String runbook = String.valueOf(notes.get("runbook"));
			assertThat(runbook).startsWith("docs/guide/three-in-the-morning.md#");
			assertThat(entries).contains(runbook.substring(runbook.indexOf('#') + 1));
		}
	}

	@Test
	@DisplayName("M15 each entry of the runbook says symptom, look and do, and names tests that there are; each meter and key in it exists")
	void runbook() throws IOException {
		Map<String, String> entries = entries();
		assertThat(entries).hasSizeGreaterThan(10);
		for (Map.Entry<String, String> entry : entries.entrySet()) {
			assertThat(entry.getValue()).as(entry.getKey())
				.contains("**Symptom.**", "**Look.**", "**Do.**", "\nTest: `");
			for (String test : found(Pattern.compile("(?<=`)\\w+Tests(#\\w+)?(?=`)"), entry.getValue())) {
				String[] parts = test.split("#", 2);
				String source = source(parts[0]);
				assertThat(source).as(test).isNotNull();
				if (parts.length > 1) {
					assertThat(source).as(test).containsPattern("void " + parts[1] + "\\(");
				}
			}
		}
		String keys = Files.readString(DOCS.resolve("guide/configuration.md"));
		for (String name : found(Pattern.compile("(?<=`)greenroom\\.[a-z.-]+(?=[`=])"), Files.readString(RUNBOOK))) {
			boolean isMeter = SERIES.keySet().stream().anyMatch((each) -> each.startsWith(name.replace('.', '_')));
			assertThat(isMeter || keys.contains("`" + name.replaceAll("pools\\.\\w+", "pools.<name>"))).as(name)
				.isTrue();
		}
	}

	private static void check(String query) {
		Set<String> names = found(METER, query);
		assertThat(names).as(query).isNotEmpty();
		assertThat(SERIES.keySet()).as(query).containsAll(names);
		Set<String> known = new HashSet<>(ADDED);
		names.forEach((name) -> known.addAll(SERIES.get(name)));
		Set<String> used = new HashSet<>(by(query));
		used.addAll(found(Pattern.compile("\\w+(?=(=~|!~|!=|=)\")"), query));
		assertThat(known).as(query).containsAll(used);
	}

	private static Set<String> by(String query) {
		return found(Pattern.compile("(?<=by \\()[^)]*"), query).stream()
			.flatMap((labels) -> Stream.of(labels.split(", ")))
			.collect(Collectors.toSet());
	}

	private static Set<String> found(Pattern pattern, String text) {
		return pattern.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
	}

	private static Map<String, String> entries() throws IOException {
		Map<String, String> entries = new HashMap<>();
		for (String part : Files.readString(RUNBOOK).split("(?m)^## ")) {
			if (!part.startsWith("# ")) {
				entries.put(part.substring(0, part.indexOf('\n')), part);
			}
		}
		return entries;
	}

	private static @Nullable String source(String test) throws IOException {
		try (Stream<Path> all = Files.walk(Path.of("src/test/java"))) {
			List<Path> found = new ArrayList<>(
					all.filter((path) -> path.getFileName().toString().equals(test + ".java")).toList());
			return found.isEmpty() ? null : Files.readString(found.getFirst());
		}
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(Object value) {
		return (Map<String, Object>) value;
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> maps(Object value) {
		return (List<Map<String, Object>>) value;
	}

	/** What seldom happens, and parts that need a database or other nodes. */
	private static final class Rest implements HandlerGauges, KeyedGauges, ClusterGauges {

		private final OutboxGauges outbox = new Outbox();

		void happens(MeterObserver observer) {
			HandlerListener handler = observer.handler("choir", this);
			handler.rejected("sing", CallMode.SYNC, "full");
			handler.abandoned("sing");
			handler.busy("sing", MILLI, List.of());
			KeyedListener keyed = observer.keyed("order", this);
			keyed.activated(true, MILLI);
			keyed.passivated("idle");
			observer.outbox("mails", this.outbox).attempted("send", "success", MILLI);
			observer.cluster(this);
			MachineListener machine = observer.machine("order");
			machine.moved("paid", "sent", MILLI);
			machine.rejected("paid", "sent");
			machine.failed("paid", new IllegalStateException());
			observer.pool("tables", new io.greenroom.observe.PoolGauges() {

				@Override
				public int size() {
					return 1;
				}

				@Override
				public int active() {
					return 1;
				}

				@Override
				public int queued() {
					return 1;
				}

			}).rejected("full");
		}

		@Override
		public int queued() {
			return 0;
		}

		@Override
		public Duration oldestAge() {
			return MILLI;
		}

		@Override
		public int active() {
			return 1;
		}

		@Override
		public Set<String> storedStates() {
			return Set.of("paid");
		}

		@Override
		public double stored(String state) {
			return 1;
		}

		@Override
		public double stranded() {
			return 1;
		}

		@Override
		public int nodes() {
			return 3;
		}

		@Override
		public int quorum() {
			return 2;
		}

		@Override
		public double share() {
			return 0.3;
		}

		@Override
		public int waiting() {
			return 1;
		}

		@Override
		public long serving() {
			return 1;
		}

		@Override
		public Map<String, Long> counts() {
			return Map.of("sent", 1L);
		}

	}

	private static final class Outbox implements OutboxGauges {

		@Override
		public long waiting() {
			return 1;
		}

		@Override
		public Duration oldestAge() {
			return MILLI;
		}

		@Override
		public long dead() {
			return 1;
		}

	}

	@DeferredHandler
	static class Choir {

		int sing() {
			return 1;
		}

	}

	static class Lamp {

		@State(initial = true, transitionsTo = "lit")
		void dark() {
		}

		@State
		void lit() {
		}

	}

}
