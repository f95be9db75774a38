package io.greenroom.actuate.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.keyed.internal.KeyedSnapshot;

/**
 * Writes a dump as text. One line for each problem comes first, so that the first ten
 * lines show what is wrong. The stacks of the problems follow, and then the inventory.
 * Text that comes from user code never starts a new line.
 */
final class DumpText {

	private final GreenroomDump dump;

	private final StringBuilder text = new StringBuilder();

	DumpText(GreenroomDump dump) {
		this.dump = dump;
	}

	String write() {
		problems();
		if (this.dump.cluster() != null) {
			line(0, "Cluster: " + this.dump.cluster().inWords());
		}
		GreenroomDump.Counts counts = this.dump.counts();
		head("Scheduler '" + this.dump.scheduler() + "'", counts.threads(), this.dump.threads().size(),
				" green threads");
		this.dump.threads().forEach(this::describe);
		head("Handlers", counts.handlers(), this.dump.handlers().size(), "");
		this.dump.handlers().forEach(this::describe);
		head("Handlers by key", counts.keyed(), this.dump.keyed().size(), "");
		this.dump.keyed().forEach(this::describe);
		head("Pools", counts.pools(), this.dump.pools().size(), "");
		this.dump.pools().forEach((pool) -> line(1, pool.name() + ": " + pool.inWords()));
		machines();
		waits();
		return this.text.toString();
	}

	private void problems() {
		List<GreenroomDump.Problem> problems = this.dump.problems();
		if (problems.isEmpty()) {
			line(0, "Problems: none");
			return;
		}
		int all = this.dump.problemCounts().values().stream().mapToInt(Integer::intValue).sum();
		line(0, "Problems: %s%s (%s)".formatted(all, shown(all, problems.size()),
				this.dump.problemCounts()
					.entrySet()
					.stream()
					.map((entry) -> entry.getValue() + " " + words(entry.getKey()))
					.collect(Collectors.joining(", "))));
		for (GreenroomDump.Problem problem : problems) {
			line(1, "%s %s: %s%s".formatted(words(problem.kind()).toUpperCase(Locale.ROOT), problem.subject(),
					problem.message(), (problem.at() != null) ? ", at " + problem.at() : ""));
		}
		for (GreenroomDump.Problem problem : problems) {
			if (!problem.stack().isEmpty()) {
				line(0, "Stack of " + problem.subject() + ": " + problem.message());
				problem.stack().forEach((frame) -> line(2, "at " + frame));
			}
		}
	}

	private static String words(GreenroomDump.Kind kind) {
		return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	private void machines() {
		long beans = this.dump.machines().stream().filter((machine) -> machine.bean() != null).count();
		line(0, "Machines: %s beans".formatted(beans)
				+ shown(this.dump.counts().machines(), this.dump.machines().size()));
		this.dump.machines().forEach(this::describe);
		this.dump.states()
			.forEach((state) -> line(1, "%s %s in %s".formatted(state.count(), state.machine(), state.state())));
		this.dump.failed().forEach((failed) -> line(1, failed.machine() + ": " + failed.inWords()));
	}

	private void waits() {
		List<HandlerSnapshot> all = new ArrayList<>(this.dump.handlers());
		this.dump.keyed().forEach((keyed) -> all.addAll(keyed.busiest()));
		line(0, "Waits: " + all.stream().mapToInt((handler) -> handler.waits().size()).sum());
		all.forEach((handler) -> handler.waits().forEach((edge) -> describe(handler, edge)));
	}

	private void head(String what, int count, int shown, String unit) {
		line(0, what + ": " + count + unit + shown(count, shown));
	}

	private static String shown(int count, int shown) {
		return (shown < count) ? ", " + shown + " shown" : "";
	}

	private void describe(GreenroomDump.GreenThreadEntry thread) {
		// The line of a deeply nested thread could become too long to read.
		int indent = Math.min(thread.depth(), 40) + 1;
		line(indent,
				thread.name() + ": " + thread.state() + ((thread.activity() != null) ? ", " + thread.activity() : ""));
		thread.stack().forEach((frame) -> line(indent + 2, "at " + frame));
	}

	private void describe(GreenroomDump.Machine machine) {
		String name = (machine.bean() != null) ? "%s (%s)".formatted(machine.bean(), machine.machine())
				: machine.machine();
		String state = (machine.state() != null) ? " in " + machine.state() + " since " + machine.since() : "";
		line(1, "%s: %s%s%s".formatted(name, machine.status(), state,
				(machine.failure() != null) ? " with " + machine.failure() : ""));
	}

	private void describe(HandlerSnapshot handler) {
		line(1, "%s: %s, %s of %s calls wait, the oldest for %s%s%s".formatted(handler.name(),
				handler.state().name().toLowerCase(Locale.ROOT), handler.queued(), handler.capacity(),
				Problems.round(handler.oldestAge()), (handler.loop() != null) ? ", in its loop " + handler.loop() : "",
				(handler.failure() != null) ? ", died of " + handler.failure() : ""));
		handler.running()
			.forEach((body) -> line(2,
					"runs %s%s on thread %s%s, called %s ago".formatted(body.method(),
							(body.arguments() != null) ? body.arguments() : "", body.thread(),
							(body.running() != null) ? " for " + Problems.round(body.running()) : "",
							Problems.round(body.submitted()))));
	}

	private void describe(KeyedSnapshot keyed) {
		line(1, "%s: %s keys active, %s awake, %s with something to do; %s calls wait, the oldest for %s%s".formatted(
				keyed.name(), keyed.active(), keyed.awake(), keyed.busy(), keyed.queued(),
				Problems.round(keyed.oldestAge()),
				(keyed.stranded() != null) ? "; " + keyed.stranded() + " stranded" : ""));
		keyed.busiest().forEach(this::describe);
	}

	private void describe(HandlerSnapshot handler, HandlerSnapshot.Edge edge) {
		line(1, "%s waits for %s.%s on thread %s".formatted(
				(edge.method() != null) ? handler.name() + "." + edge.method() : handler.name() + "'s loop", edge.on(),
				edge.call(), edge.thread()));
	}

	private void line(int indent, String line) {
		this.text.append("  ".repeat(indent));
		line.chars()
			.map((each) -> Character.isISOControl(each) ? ' ' : each)
			.forEach((each) -> this.text.append((char) each));
		this.text.append('\n');
	}

}
