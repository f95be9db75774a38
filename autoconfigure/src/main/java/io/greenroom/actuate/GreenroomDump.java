package io.greenroom.actuate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.keyed.internal.KeyedSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is alive, as far as it can be seen without stopping it.
 * {@link #toString()} writes it as text.
 *
 * @param scheduler the scheduler's name
 * @param threads its green threads as a tree, each followed by its children
 * @param handlers the handlers, with the calls that wait and run, and what they wait for
 * @param keyed the handlers by key: how many keys are there, and the busiest of them
 * @param pools the pools
 * @param machines the machines that are beans, and those that have failed, beans or not
 * @param states how many machines are in each state, beans or not
 */
public record GreenroomDump(String scheduler, List<GreenThreadEntry> threads, List<HandlerSnapshot> handlers,
		List<KeyedSnapshot> keyed, List<Pool> pools, List<Machine> machines, List<StateCount> states) {

	/** Copies the lists. */
	public GreenroomDump {
		threads = List.copyOf(threads);
		handlers = List.copyOf(handlers);
		keyed = List.copyOf(keyed);
		pools = List.copyOf(pools);
		machines = List.copyOf(machines);
		states = List.copyOf(states);
	}

	/**
	 * A green thread.
	 *
	 * @param depth how many of its ancestors are alive
	 * @param name the thread's name
	 * @param state how far its life has come
	 * @param activity what its virtual thread does; {@code null} before its start
	 * @param parent the parent's name; {@code null} for a root
	 * @param stack the innermost frames, as many as were asked for
	 */
	public record GreenThreadEntry(int depth, String name, String state, @Nullable String activity,
			@Nullable String parent, List<String> stack) {

		/** Copies the list. */
		public GreenThreadEntry {
			stack = List.copyOf(stack);
		}

	}

	/**
	 * A pool.
	 *
	 * @param name the pool's name
	 * @param size how many may be at work at once
	 * @param active how many are
	 * @param queued how many wait in line
	 */
	public record Pool(String name, int size, int active, int queued) {

	}

	/**
	 * A machine.
	 *
	 * @param bean the bean's name; {@code null} for one that is here because it has
	 * failed, and is no singleton
	 * @param machine the machine's name
	 * @param status how far its life has come
	 * @param state the state it is in; {@code null} if in none
	 * @param since since when
	 * @param failure class and message of what it failed with; {@code null} unless it has
	 */
	public record Machine(@Nullable String bean, String machine, String status, @Nullable String state,
			@Nullable Instant since, @Nullable String failure) {

	}

	/**
	 * The machines of one class that are in one state.
	 *
	 * @param machine the name of the machines' class
	 * @param state the state
	 * @param count how many are in it
	 */
	public record StateCount(String machine, String state, long count) {

	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		head(text, "Scheduler '" + this.scheduler + "'", this.threads.size(), " green threads");
		this.threads.forEach((thread) -> describe(thread, text));
		head(text, "Handlers", this.handlers.size(), "");
		this.handlers.forEach((handler) -> describe(handler, text));
		head(text, "Handlers by key", this.keyed.size(), "");
		this.keyed.forEach((keyed) -> describe(keyed, text));
		head(text, "Pools", this.pools.size(), "");
		this.pools.forEach((pool) -> line(text, 1,
				"%s: %d of %d at work, %d in line".formatted(pool.name, pool.active, pool.size, pool.queued)));
		head(text, "Machines", (int) this.machines.stream().filter((machine) -> machine.bean != null).count(),
				" beans");
		this.machines.forEach((machine) -> describe(machine, text));
		this.states.forEach((state) -> line(text, 1, "%d %s in %s".formatted(state.count, state.machine, state.state)));
		List<HandlerSnapshot> all = new ArrayList<>(this.handlers);
		this.keyed.forEach((keyed) -> all.addAll(keyed.busiest()));
		head(text, "Waits", all.stream().mapToInt((handler) -> handler.waits().size()).sum(), "");
		all.forEach((handler) -> handler.waits().forEach((edge) -> describe(handler, edge, text)));
		return text.toString();
	}

	private static void head(StringBuilder text, String what, int count, String unit) {
		text.append(what).append(": ").append(count).append(unit).append('\n');
	}

	private static void describe(GreenThreadEntry thread, StringBuilder text) {
		int indent = thread.depth + 1;
		line(text, indent,
				thread.name + ": " + thread.state + ((thread.activity != null) ? ", " + thread.activity : ""));
		thread.stack.forEach((frame) -> line(text, indent + 2, "at " + frame));
	}

	private static void describe(Machine machine, StringBuilder text) {
		String name = (machine.bean != null) ? "%s (%s)".formatted(machine.bean, machine.machine) : machine.machine;
		String state = (machine.state != null) ? " in " + machine.state + " since " + machine.since : "";
		line(text, 1, "%s: %s%s%s".formatted(name, machine.status, state,
				(machine.failure != null) ? " with " + machine.failure : ""));
	}

	private static void describe(HandlerSnapshot handler, StringBuilder text) {
		line(text, 1,
				"%s: %s, %d of %d calls wait, the oldest for %s%s%s".formatted(handler.name(),
						handler.state().name().toLowerCase(Locale.ROOT), handler.queued(), handler.capacity(),
						handler.oldestAge(), (handler.loop() != null) ? ", in its loop " + handler.loop() : "",
						(handler.failure() != null) ? ", died of " + handler.failure() : ""));
		handler.running()
			.forEach((body) -> line(text, 2,
					"runs %s on thread %s, called %s ago".formatted(body.method(), body.thread(), body.submitted())));
	}

	private static void describe(KeyedSnapshot keyed, StringBuilder text) {
		line(text, 1, "%s: %d keys active, %d awake, %d with something to do; %d calls wait, the oldest for %s"
			.formatted(keyed.name(), keyed.active(), keyed.awake(), keyed.busy(), keyed.queued(), keyed.oldestAge()));
		keyed.busiest().forEach((handler) -> describe(handler, text));
	}

	private static void describe(HandlerSnapshot handler, HandlerSnapshot.Edge edge, StringBuilder text) {
		line(text, 1,
				"%s waits for %s.%s on thread %s".formatted(
						(edge.method() != null) ? handler.name() + "." + edge.method() : handler.name() + "'s loop",
						edge.on(), edge.call(), edge.thread()));
	}

	private static void line(StringBuilder text, int indent, String line) {
		text.append("  ".repeat(indent)).append(line).append('\n');
	}

}
