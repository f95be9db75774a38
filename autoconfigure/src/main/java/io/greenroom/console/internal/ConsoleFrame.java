package io.greenroom.console.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

import io.greenroom.actuate.internal.GreenroomDump;
import io.greenroom.actuate.internal.MachineDiagram;
import io.greenroom.actuate.internal.Overview;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.keyed.internal.KeyedSnapshot;

/**
 * Writes the JSON that is sent to the page repeatedly. For each kind, a frame contains
 * the total numbers and as many rows as there is room for, beginning with those that need
 * attention. A frame therefore stays below {@value #MOST_BYTES} bytes, regardless of how
 * many entries there are and how long their names are.
 */
final class ConsoleFrame {

	/** Slightly more than the room for all kinds together. */
	static final int MOST_BYTES = 49_000;

	/** The number of problems whose stacks are taken for each frame. */
	static final int PROBLEMS = 20;

	private static final int FRAMES = 8;

	private static final int ROOM_OF_PROBLEMS = 14_000;

	private static final int ROOM_OF_HANDLERS = 12_000;

	private static final int ROOM_OF_KEYED = 2_500;

	private static final int ROOM_OF_POOLS = 6_000;

	private static final int ROOM_OF_MACHINES = 7_500;

	private static final int ROOM_OF_WAITS = 3_500;

	private static final int ROOM_OF_CIRCLES = 800;

	private static final String WAITS = " waits for ";

	/** The same time for which they are listed as problems. */
	private static final Duration RECENT = Duration.ofHours(1);

	/** Dead handlers come first, then the slowest, then the fullest. */
	private static final Comparator<HandlerSnapshot> BY_NEED = Comparator
		.comparing((HandlerSnapshot handler) -> handler.failure() == null)
		.thenComparing(ConsoleFrame::longest, Comparator.reverseOrder())
		.thenComparing(HandlerSnapshot::queued, Comparator.reverseOrder())
		.thenComparing(HandlerSnapshot::name);

	private static final Comparator<GreenroomDump.Pool> POOLS_BY_NEED = Comparator
		.comparing((GreenroomDump.Pool pool) -> pool.sinceRejected(), Comparator.nullsLast(Comparator.naturalOrder()))
		.thenComparing((pool) -> pool.active() < pool.size())
		.thenComparing(GreenroomDump.Pool::name);

	private final JsonText json = new JsonText();

	private final Overview seen;

	private ConsoleFrame(Overview seen) {
		this.seen = seen;
	}

	/** Creates a frame. */
	static byte[] of(Overview seen, Instant at) {
		return new ConsoleFrame(seen).write(at);
	}

	private byte[] write(Instant at) {
		this.json.begin('{');
		this.json.name("at").value(at.toEpochMilli());
		this.json.name("scheduler").value(this.seen.scheduler());
		this.json.name("threads").value(this.seen.threads());
		problems();
		handlers();
		keyed();
		pools();
		machines();
		waits();
		circles();
		cluster();
		return this.json.end('}').bytes();
	}

	private void problems() {
		this.json.name("problemCounts").begin('{');
		this.seen.problemCounts().forEach((kind, count) -> this.json.name(kind.name()).value(count));
		this.json.end('}');
		int all = this.seen.problemCounts().values().stream().mapToInt(Integer::intValue).sum();
		rows(this.json, "problems", all, this.seen.problems(), ROOM_OF_PROBLEMS, ConsoleFrame::problem);
	}

	private static void problem(JsonText json, GreenroomDump.Problem problem) {
		json.begin('{');
		json.name("kind").value(problem.kind().name());
		json.name("subject").value(problem.subject());
		json.name("message").value(problem.message());
		json.name("since").value(problem.since());
		json.name("at").value(problem.at());
		json.name("stack").begin('[');
		problem.stack().stream().limit(FRAMES).forEach(json::value);
		json.end(']').end('}');
	}

	/** Returns the handlers, including the busiest instances of handlers by key. */
	private static List<HandlerSnapshot> all(Overview seen) {
		List<HandlerSnapshot> all = new ArrayList<>(seen.handlers());
		seen.keyed().forEach((keyed) -> all.addAll(keyed.busiest()));
		return all;
	}

	private void handlers() {
		List<HandlerSnapshot> all = all(this.seen);
		this.json.name("busy").value(all.stream().filter((handler) -> !handler.running().isEmpty()).count());
		this.json.name("queued")
			.value(this.seen.handlers().stream().mapToLong(HandlerSnapshot::queued).sum()
					+ this.seen.keyed().stream().mapToLong(KeyedSnapshot::queued).sum());
		all.sort(BY_NEED);
		rows(this.json, "handlers", all.size(), all, ROOM_OF_HANDLERS, ConsoleFrame::handler);
	}

	/**
	 * Writes the handlers whose name contains a text, in the format of a frame.
	 * @param seen the overview
	 * @param text the text; case is ignored
	 * @return the rows and the total number of matches
	 */
	static String handlers(Overview seen, String text) {
		String wanted = text.toLowerCase(Locale.ROOT);
		List<HandlerSnapshot> found = all(seen).stream()
			.filter((handler) -> handler.name().toLowerCase(Locale.ROOT).contains(wanted))
			.sorted(BY_NEED)
			.toList();
		JsonText json = new JsonText().begin('{');
		rows(json, "handlers", found.size(), found, ROOM_OF_HANDLERS, ConsoleFrame::handler);
		return json.end('}').toString();
	}

	private static void handler(JsonText json, HandlerSnapshot handler) {
		json.begin('{');
		json.name("name").value(handler.name());
		json.name("state").value(handler.state().name().toLowerCase(Locale.ROOT));
		json.name("queued").value(handler.queued());
		json.name("capacity").value(handler.capacity());
		if (handler.queued() > 0) {
			json.name("oldest").value(handler.oldestAge());
		}
		if (handler.loop() != null) {
			json.name("loop").value(handler.loop());
		}
		if (!handler.running().isEmpty()) {
			HandlerSnapshot.Body body = handler.running().getFirst();
			json.name("bodies").value(handler.running().size());
			json.name("method").value(body.method());
			json.name("running").value(longest(handler));
			json.name("timed").value(body.running() != null);
			json.name("thread").value(body.thread());
		}
		if (handler.failure() != null) {
			json.name("failure").value(handler.failure());
		}
		json.end('}');
	}

	/**
	 * Returns how long the longest body has run or, if none runs, how long the oldest
	 * call has waited.
	 */
	private static Duration longest(HandlerSnapshot handler) {
		return handler.running()
			.stream()
			.map(ConsoleFrame::running)
			.max(Comparator.naturalOrder())
			.orElse((handler.queued() > 0) ? handler.oldestAge() : Duration.ZERO);
	}

	private static Duration running(HandlerSnapshot.Body body) {
		Duration running = body.running();
		return (running != null) ? running : body.submitted();
	}

	private void keyed() {
		rows(this.json, "keyed", this.seen.keyed().size(), this.seen.keyed(), ROOM_OF_KEYED, (json, keyed) -> {
			json.begin('{').name("name").value(keyed.name()).name("active").value(keyed.active());
			json.name("busy").value(keyed.busy()).name("queued").value(keyed.queued());
			json.name("oldest").value((keyed.queued() > 0) ? keyed.oldestAge() : null);
			Long stranded = keyed.stranded();
			json.name("stranded").value((stranded != null) ? stranded : 0);
			json.end('}');
		});
	}

	private void pools() {
		List<GreenroomDump.Pool> pools = new ArrayList<>(this.seen.pools());
		pools.sort(POOLS_BY_NEED);
		rows(this.json, "pools", pools.size(), pools, ROOM_OF_POOLS, (json, pool) -> {
			json.begin('{').name("name").value(pool.name()).name("size").value(pool.size());
			json.name("active").value(pool.active()).name("queued").value(pool.queued());
			json.name("rejected").begin('{');
			pool.rejected().forEach((reason, count) -> json.name(reason).value(count));
			json.end('}').name("sinceRejected").value(pool.sinceRejected()).end('}');
		});
	}

	/** Classes with the most machines come first. */
	private void machines() {
		List<MachineDiagram> types = new ArrayList<>(this.seen.machines());
		types.sort(Comparator.comparingLong((MachineDiagram type) -> total(type))
			.reversed()
			.thenComparing(MachineDiagram::machine));
		this.json.name("machineCount").value(types.stream().mapToLong(ConsoleFrame::total).sum());
		rows(this.json, "machines", types.size(), types, ROOM_OF_MACHINES, this::machine);
	}

	private static long total(MachineDiagram type) {
		return type.states().stream().mapToLong(MachineDiagram.Node::count).sum();
	}

	private void machine(JsonText json, MachineDiagram type) {
		json.begin('{').name("type").value(type.machine()).name("states").begin('[');
		for (MachineDiagram.Node state : type.states()) {
			json.begin('{').name("name").value(state.name()).name("count").value(state.count());
			if (state.initial()) {
				json.name("initial").value(true);
			}
			if (state.end()) {
				json.name("end").value(true);
			}
			failed(type, state.name()).ifPresent(
					(failed) -> json.name("failed").value(failed.count()).name("failure").value(failed.failure()));
			json.end('}');
		}
		json.end(']').name("moves").begin('[');
		List<String> names = type.states().stream().map(MachineDiagram.Node::name).toList();
		for (MachineDiagram.Move move : type.moves()) {
			json.begin('[').value(names.indexOf(move.from())).value(names.indexOf(move.to()));
			json.value(move.count()).value(move.onTimeout()).end(']');
		}
		json.end(']').end('}');
	}

	private Optional<GreenroomDump.Failed> failed(MachineDiagram type, String state) {
		return this.seen.failed()
			.stream()
			.filter((failed) -> failed.machine().equals(type.machine()) && failed.state().equals(state))
			.findFirst();
	}

	private void waits() {
		List<Wait> waits = new ArrayList<>();
		all(this.seen)
			.forEach((handler) -> handler.waits().forEach((edge) -> waits.add(new Wait(handler.name(), edge))));
		rows(this.json, "waits", waits.size(), waits, ROOM_OF_WAITS, (json, wait) -> {
			json.begin('{').name("from").value(wait.from()).name("method").value(wait.edge().method());
			json.name("thread").value(wait.edge().thread()).name("to").value(wait.edge().on());
			json.name("call").value(wait.edge().call()).end('}');
		});
	}

	/** Writes the recent circles as lists of waits, each circle once. */
	private void circles() {
		this.json.name("circles").begin('[');
		int start = this.json.length();
		Set<List<String>> told = new HashSet<>();
		for (HandlerSnapshot handler : all(this.seen)) {
			HandlerSnapshot.Circle circle = handler.circle();
			if (circle != null && circle.ago().compareTo(RECENT) < 0 && told.add(circle.waits())
					&& this.json.length() - start < ROOM_OF_CIRCLES) {
				circle(circle.waits().stream().map(ConsoleFrame::awaited).toList());
			}
		}
		this.json.end(']');
	}

	/** The handler that is awaited in one wait is the one that waits in the next. */
	private void circle(List<String> awaited) {
		String from = awaited.getLast();
		for (String call : awaited) {
			this.json.begin('{').name("from").value(handlerOf(from)).name("to").value(handlerOf(call));
			this.json.name("call").value(call.substring(call.lastIndexOf('.') + 1)).name("circle").value(true).end('}');
			from = call;
		}
	}

	private static String handlerOf(String call) {
		return call.substring(0, Math.max(0, call.lastIndexOf('.')));
	}

	/** Returns the awaited handler and method from the description of a wait. */
	private static String awaited(String wait) {
		String call = wait.substring(wait.indexOf(WAITS) + WAITS.length());
		int end = call.indexOf(" at ");
		String whole = (end >= 0) ? call.substring(0, end) : call;
		return whole.substring(whole.lastIndexOf(' ') + 1);
	}

	private void cluster() {
		GreenroomDump.Cluster cluster = this.seen.cluster();
		if (cluster != null) {
			this.json.name("cluster").begin('{').name("nodes").value(cluster.nodes());
			this.json.name("quorum").value(cluster.quorum());
			this.json.name("share").value(Math.round(100 * cluster.share()));
			this.json.name("waiting").value(cluster.waiting()).name("serving").value(cluster.serving()).end('}');
		}
	}

	/**
	 * Writes as many rows as there is room for, and the total number. A row that is too
	 * long by itself does not displace the others.
	 */
	static <T> void rows(JsonText json, String name, long all, List<? extends T> rows, int room,
			BiConsumer<JsonText, T> row) {
		json.name(name).begin('{').name("all").value(all).name("rows").begin('[');
		int start = json.length();
		for (T each : rows) {
			int before = json.length();
			row.accept(json, each);
			if (json.length() - start > room) {
				json.cutTo(before);
				if (before - start > room / 2) {
					break;
				}
			}
		}
		json.end(']').end('}');
	}

	/** An edge of the wait-for graph. */
	private record Wait(String from, HandlerSnapshot.Edge edge) {

	}

}
