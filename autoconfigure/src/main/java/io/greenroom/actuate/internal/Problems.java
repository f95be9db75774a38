package io.greenroom.actuate.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.greenroom.actuate.internal.GreenroomDump.Kind;
import io.greenroom.actuate.internal.GreenroomDump.Problem;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.keyed.internal.KeyedSnapshot;
import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.Frames;
import org.jspecify.annotations.Nullable;

/**
 * Finds the problems in a dump. The worst problem of each kind comes first, followed by
 * the others. Within a kind, the longest problems come first. Bodies that wait for
 * another handler come after those that hold the others up. Confined to the thread that
 * takes the dump.
 */
final class Problems {

	/** Shorter times are not reported as problems. */
	private static final Duration LONG = Duration.ofSeconds(1);

	/** The maximum age of a pool's last rejection that is reported. */
	private static final Duration RECENT_REJECTION = Duration.ofMinutes(1);

	/**
	 * The maximum age of a failure or a circle, each of which is reported even if it
	 * occurs only once.
	 */
	private static final Duration RECENT = Duration.ofHours(1);

	private static final int FRAMES = 16;

	private final Map<Kind, List<Found>> found = new EnumMap<>(Kind.class);

	private final Set<List<String>> circles = new HashSet<>();

	/** Adds the problems of a handler. */
	void look(HandlerSnapshot handler, Function<@Nullable String, List<StackTraceElement>> stack,
			@Nullable Throwable death) {
		handler.running().forEach((body) -> look(handler, body, stack));
		if (handler.loop() != null && handler.running().isEmpty() && isLong(handler.oldestAge())) {
			add(new Found(Kind.BLOCKED_LOOP, handler.name(),
					"loop %s lets nothing in: %s calls wait, the oldest for %s".formatted(handler.loop(),
							handler.queued(), round(handler.oldestAge())),
					handler.oldestAge(), false, () -> stack.apply(null)));
		}
		if (handler.failure() != null) {
			add(new Found(Kind.DEAD_HANDLER, handler.name(), "died of " + handler.failure(), null, false,
					() -> (death != null) ? Frames.of(death) : List.of()));
		}
		HandlerSnapshot.Circle circle = handler.circle();
		if (circle != null && circle.ago().compareTo(RECENT) < 0 && this.circles.add(circle.waits())) {
			add(new Found(Kind.WAIT_CIRCLE, handler.name(), "a call was failed %s ago, as %s"
				.formatted(round(circle.ago()), String.join(", and ", circle.waits())), circle.ago(), false, List::of));
		}
		if (handler.queued() > 0 && isLong(handler.oldestAge())) {
			add(new Found(
					Kind.OLDEST_CALL, handler.name(), "the oldest call has waited for %s; %s of %s places are taken"
						.formatted(round(handler.oldestAge()), handler.queued(), handler.capacity()),
					handler.oldestAge(), false, List::of));
		}
	}

	private void look(HandlerSnapshot handler, HandlerSnapshot.Body body,
			Function<@Nullable String, List<StackTraceElement>> stack) {
		Duration running = body.running();
		Duration since = (running != null) ? running : body.submitted();
		if (!isLong(since)) {
			return;
		}
		String waits = handler.waits()
			.stream()
			.filter((edge) -> edge.thread().equals(body.thread()))
			.map((edge) -> ", waits for " + edge.on() + "." + edge.call())
			.findFirst()
			.orElse("");
		String runs = (running != null) ? "has run for " + round(running) + ", called " : "runs, called ";
		add(new Found(
				Kind.STUCK_BODY, handler.name(), "%s %s%s ago, on thread %s%s".formatted(body.method(), runs,
						round(body.submitted()), body.thread(), waits),
				since, !waits.isEmpty(), () -> stack.apply(body.thread())));
	}

	/** Adds the problems of a handler by key. */
	void look(KeyedSnapshot keyed) {
		Long stranded = keyed.stranded();
		if (stranded != null && stranded > 0) {
			add(new Found(Kind.STRANDED_KEYS, keyed.name(),
					"%s keys don't go on by themselves; see greenroomkeys".formatted(stranded), null, false, List::of));
		}
	}

	void look(GreenroomDump.Pool pool) {
		Duration since = pool.sinceRejected();
		boolean rejecting = since != null && since.compareTo(RECENT_REJECTION) < 0;
		if (rejecting || (pool.active() >= pool.size() && pool.queued() > 0)) {
			add(new Found(Kind.FULL_POOL, pool.name(), pool.inWords(), null, !rejecting, List::of));
		}
	}

	void look(GreenroomDump.@Nullable Cluster cluster) {
		if (cluster != null && cluster.nodes() < cluster.quorum()) {
			add(new Found(Kind.NO_QUORUM, "cluster", "this node sees %s of at least %s nodes, so no handler by key runs"
				.formatted(cluster.nodes(), cluster.quorum()), null, false, List::of));
		}
	}

	void look(GreenroomDump.Failed failed) {
		Duration ago = Duration.between(failed.last(), Instant.now());
		if (ago.compareTo(RECENT) < 0) {
			String at = failed.at();
			add(new Found(Kind.FAILED_MACHINE, failed.machine(),
					failed.inWords() + ", " + round(ago) + " ago" + ((at != null) ? ", at " + at : ""), ago, false,
					List::of));
		}
	}

	void look(CarrierReports.Entry carrier) {
		Duration ago = Duration.between(carrier.at(), Instant.now());
		if (ago.compareTo(RECENT) < 0) {
			ProblemReport report = carrier.report();
			String thread = report.thread();
			add(new Found(carrier.kind(), (thread != null) ? thread : "virtual threads",
					report.message() + ", " + round(ago) + " ago", ago, false, report::stack));
		}
	}

	private void add(Found one) {
		this.found.computeIfAbsent(one.kind, (kind) -> new ArrayList<>()).add(one);
	}

	/** Returns the number of problems of each kind. */
	Map<Kind, Integer> counts() {
		Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
		this.found.forEach((kind, all) -> counts.put(kind, all.size()));
		return counts;
	}

	/** Returns the worst problems. Stacks are taken only for these. */
	List<Problem> worst(int most) {
		this.found.values().forEach((all) -> all.sort(Found.BY_WEIGHT));
		List<Found> order = new ArrayList<>();
		this.found.values().forEach((all) -> order.add(all.getFirst()));
		this.found.values().stream().map((all) -> all.subList(1, all.size())).forEach(order::addAll);
		return order.stream().limit(most).map(Found::problem).toList();
	}

	private static boolean isLong(Duration duration) {
		return duration.compareTo(LONG) >= 0;
	}

	static Duration round(Duration duration) {
		return duration.truncatedTo(ChronoUnit.MILLIS);
	}

	/** A problem whose stack has not been taken yet. */
	private record Found(Kind kind, String subject, String message, @Nullable Duration since, boolean isFollower,
			Stack stack) {

		private static final Comparator<Found> BY_WEIGHT = Comparator.comparing(Found::isFollower)
			.thenComparing(Found::since, Comparator.nullsLast(Comparator.reverseOrder()))
			.thenComparing(Found::subject);

		Problem problem() {
			List<StackTraceElement> frames = this.stack.take();
			return new Problem(this.kind, this.subject, this.message, this.since, Frames.own(frames),
					Frames.folded(frames, FRAMES));
		}

	}

	/** Takes a stack when it is needed. */
	private interface Stack {

		List<StackTraceElement> take();

	}

}
