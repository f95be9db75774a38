package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.greenroom.cluster.internal.SimulatedCluster.Node;
import io.greenroom.cluster.internal.SimulatedCluster.Row;
import io.greenroom.testkit.Rounds;
import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The protocol between nodes, in many seeded runs. Each failure names its seed; more runs
 * by {@code -Dgreenroom.rounds}, one by {@code -Dgreenroom.seed}.
 */
class SimulatedClusterTests {

	private static final int ROUNDS = Rounds.of(60);

	private static final Duration TIME = Duration.ofSeconds(30);

	@Test
	@DisplayName("N01 kill -9 of any of three: no call of the living fails, none is lost or doubled")
	void killed() {
		rounds((seed) -> {
			Run run = new Run(seed, 3, 2);
			run.calls(120, TIME, true);
			run.cluster.after(run.cluster.upTo(3000), () -> run.cluster.kill(run.any()));
			run.end();
			run.assertAllOfTheLivingAnswered();
			run.assertNoneLongerThan(Duration.ofSeconds(3));
		});
	}

	@Test
	@DisplayName("N02 frozen beyond the limit and woken: no call fails, on the woken node too; its late writes are refused")
	void frozen() {
		long[] stale = new long[1];
		rounds((seed) -> {
			Run run = new Run(seed, 3, 2);
			run.cluster.slowBodies = seed % 2 == 0;
			run.calls(120, TIME, true);
			run.cluster.after(run.cluster.upTo(3000),
					() -> run.cluster.freeze(run.any(), Duration.ofMillis(2500 + run.cluster.random.nextInt(5000))));
			run.end();
			run.assertAllOfTheLivingAnswered();
			stale[0] += run.cluster.nodes.stream()
				.mapToLong((node) -> node.cluster.counts().of(ClusterCounts.What.STALE))
				.sum();
		});
		if (Long.getLong("greenroom.seed") == null) {
			assertThat(stale[0]).as("writes rejected").isPositive();
		}
	}

	@Test
	@DisplayName("N02 N03 frozen inside a transaction that the database ends: no call fails, on the woken node too")
	void frozenInTransaction() {
		long[] cut = new long[1];
		rounds((seed) -> {
			Run run = new Run(seed, 3, 2);
			run.cluster.endsTransactions = true;
			run.cluster.slowBodies = true;
			run.cluster.slow = (seed % 2 == 0) ? 0.1 : 0;
			run.calls(200, TIME, true);
			run.cluster.after(run.cluster.upTo(3000),
					() -> run.cluster.freeze(run.any(), Duration.ofMillis(2100 + run.cluster.random.nextInt(1500))));
			run.end();
			run.assertAllOfTheLivingAnswered();
			cut[0] += run.cluster.nodes.stream()
				.mapToLong((node) -> node.cluster.counts().of(ClusterCounts.What.CUT))
				.sum();
		});
		if (Long.getLong("greenroom.seed") == null) {
			assertThat(cut[0]).as("transactions that were ended").isPositive();
		}
	}

	@Test
	@DisplayName("N04 leaving in order, one after the other: no call fails, none of the survivors takes longer than 2 s")
	void leaving() {
		rounds((seed) -> {
			Run run = new Run(seed, 3, 2);
			run.calls(120, TIME, true);
			run.cluster.after(run.cluster.upTo(1000), () -> run.replace(0));
			run.cluster.after(Duration.ofMillis(2500), () -> run.replace(1));
			run.cluster.after(Duration.ofMillis(4000), () -> run.replace(2));
			run.end();
			run.assertAllOfTheLivingAnswered();
			run.assertNoneLongerThan(Duration.ofSeconds(2));
		});
	}

	@Test
	@DisplayName("N05 messages and answers are lost, doubled and late: durable calls have one effect and one answer")
	void lost() {
		rounds((seed) -> {
			Run run = new Run(seed, 3, 2);
			run.cluster.drops = 0.2;
			run.cluster.doubles = 0.2;
			run.cluster.slow = 0.05;
			run.calls(120, TIME, true);
			run.end();
			run.assertAllOfTheLivingAnswered();
			assertThat(run.cluster.begun.values()).as("a body ran twice though no node was lost").containsOnly(1);
		});
	}

	@Test
	@DisplayName("N06 not durable: no body begins twice, whoever dies and whatever is lost; who is not told says so")
	void notDurable() {
		rounds((seed) -> {
			Run run = new Run(seed, 3, 2);
			run.cluster.drops = 0.1;
			run.cluster.doubles = 0.1;
			run.cluster.slow = 0.02;
			run.cluster.slowBodies = true;
			run.calls(120, TIME, false);
			run.cluster.after(run.cluster.upTo(3000), () -> run.cluster.kill(run.any()));
			run.cluster.after(run.cluster.upTo(3000), () -> run.cluster.freeze(run.any(), run.cluster.upTo(1500)));
			run.end();
			assertThat(run.cluster.begun.values()).containsOnly(1);
			run.outcomes.forEach((id, outcome) -> {
				if (run.ofTheLiving(id)) {
					assertThat(outcome).isInstanceOfAny(Outcome.Answered.class, Outcome.OwnerLost.class);
				}
			});
		});
	}

	@Test
	@DisplayName("N07 on the minority's side no body runs, and callers are told; those of the majority go on; after the merge all is fresh")
	void split() {
		int[] told = new int[1];
		rounds((seed) -> {
			Run run = new Run(seed, 5, 3);
			run.calls(150, Duration.ofSeconds(4), true);
			List<Node> minority = List.of(run.cluster.nodes.get(0), run.cluster.nodes.get(3));
			run.cluster.after(run.cluster.upTo(1500), () -> run.cluster.split(minority, Duration.ofSeconds(9)));
			run.end();
			run.outcomes.forEach((id, outcome) -> {
				if (outcome instanceof Outcome.NoQuorum) {
					told[0]++;
					assertThat(run.cluster.begun).as("said not to be made").doesNotContainKey(id);
				}
				else if (!minority.contains(run.callers.get(id))) {
					assertThat(outcome).isInstanceOf(Outcome.Answered.class);
				}
			});
		});
		if (Long.getLong("greenroom.seed") == null) {
			assertThat(told[0]).as("callers told").isPositive();
		}
	}

	@Test
	@DisplayName("N09 a call whose time is over on arrival never runs, and every caller is told within its time")
	void late() {
		rounds((seed) -> {
			Run run = new Run(seed, 3, 2);
			run.calls(60, TIME, true);
			run.cluster.run(Duration.ofSeconds(6));
			// Now each node knows how quick the others can be.
			run.cluster.slow = 0.5;
			run.calls(60, Duration.ofMillis(700), true);
			run.end();
			run.ended.forEach((id, time) -> assertThat(time.minus(run.times.get(id))).isNegative());
			run.beganLate();
		});
	}

	@Test
	@DisplayName("N11 a fourth joins and one leaves: counts are exact")
	void joining() {
		long[] calls = new long[2];
		rounds((seed) -> {
			Run run = new Run(seed, 3, 2);
			run.calls(200, TIME, true);
			run.cluster.after(run.cluster.upTo(1500), () -> {
				run.cluster.add();
				run.cluster.refresh(false);
			});
			run.cluster.after(Duration.ofSeconds(2).plus(run.cluster.upTo(1500)),
					() -> run.cluster.leave(run.cluster.nodes.get(run.cluster.random.nextInt(3))));
			run.end();
			run.assertAllOfTheLivingAnswered();
			run.assertNoneLongerThan(Duration.ofSeconds(2));
			calls[0] += run.ended.size();
			calls[1] += run.ended.values().stream().filter((time) -> time.toMillis() > 1000).count();
		});
		assertThat(calls[1]).as("calls over 1 s").isLessThanOrEqualTo(1 + calls[0] / 100);
	}

	@Test
	@DisplayName("N01 N02 N07 everything at once: what was answered is stored, once")
	void everything() {
		rounds((seed) -> {
			Run run = new Run(seed, 5, 3);
			run.cluster.drops = 0.05;
			run.cluster.doubles = 0.05;
			run.cluster.slow = 0.02;
			run.cluster.slowBodies = seed % 3 == 0;
			run.calls(200, TIME, true);
			run.cluster.after(run.cluster.upTo(4000), () -> run.cluster.kill(run.any()));
			run.cluster.after(run.cluster.upTo(4000), () -> run.cluster.freeze(run.any(), run.cluster.upTo(6000)));
			run.cluster.after(run.cluster.upTo(4000),
					() -> run.cluster.split(List.of(run.any()), run.cluster.upTo(6000)));
			run.end();
		});
	}

	private static void rounds(Round round) {
		Long only = Long.getLong("greenroom.seed");
		long first = (only != null) ? only : 1;
		for (long seed = first; seed < first + ((only != null) ? 1 : ROUNDS); seed++) {
			try {
				round.run(seed);
			}
			catch (Throwable failure) {
				throw new AssertionError("With -Dgreenroom.seed=" + seed + ": " + failure.getMessage(), failure);
			}
		}
	}

	@FunctionalInterface
	private interface Round {

		void run(long seed);

	}

	/** One run: who has called, what came of it, and what must hold of every run. */
	private static final class Run {

		private final SimulatedCluster cluster;

		private final Map<String, Node> callers = new HashMap<>();

		private final Map<String, String> keys = new HashMap<>();

		private final Map<String, Outcome> outcomes = new HashMap<>();

		private final Map<String, Duration> times = new HashMap<>();

		private final Map<String, Duration> ended = new HashMap<>();

		private int number;

		Run(long seed, int size, int quorum) {
			this.cluster = new SimulatedCluster(seed, size, quorum);
			this.cluster.run(Duration.ofMillis(100));
		}

		Node any() {
			return this.cluster.nodes.get(this.cluster.random.nextInt(this.cluster.nodes.size()));
		}

		/** Another one comes, and when it is there one goes. */
		void replace(int which) {
			this.cluster.add();
			this.cluster.refresh(false);
			this.cluster.after(Duration.ofMillis(500), () -> this.cluster.leave(this.cluster.nodes.get(which)));
		}

		/** Calls from all nodes, over five seconds. */
		void calls(int count, Duration time, boolean durable) {
			for (int i = 0; i < count; i++) {
				this.cluster.after(this.cluster.upTo(5000), () -> call(time, durable));
			}
		}

		private void call(Duration time, boolean durable) {
			Node from = any();
			if (!from.alive || from.frozen || from.demoted) {
				return;
			}
			String id = "call-" + ++this.number;
			String key = "k" + this.cluster.random.nextInt(6);
			Envelope call = new Envelope(id, 1, durable ? SimulatedCluster.DURABLE : SimulatedCluster.MEMORY, key,
					"add", "{}", Envelope.Mode.ANSWER, time, Map.of(), List.of());
			this.callers.put(id, from);
			this.keys.put(id, key);
			this.times.put(id, time.plusMillis(1));
			long start = this.cluster.now();
			this.cluster.deadlines.put(id, start + time.toNanos());
			from.cluster.call(call, durable, (outcome) -> {
				assertThat(this.outcomes.put(id, outcome)).as("told twice").isNull();
				this.ended.put(id, Duration.ofNanos(this.cluster.now() - start));
			});
		}

		void end() {
			this.cluster.run(Duration.ofSeconds(90));
			assertThat(this.cluster.wrong).isEmpty();
			Map<String, Integer> sums = new HashMap<>();
			this.cluster.answers.keySet().forEach((id) -> sums.merge(this.keys.get(id), 1, Integer::sum));
			this.cluster.rows
				.forEach((key, row) -> assertThat(row.value()).as("value of " + key).isEqualTo(sums.get(key)));
			Map<String, Set<String>> values = new HashMap<>();
			this.outcomes.forEach((id, outcome) -> {
				if (outcome instanceof Outcome.Answered answered && answered.answer().kind() == Answer.Kind.RETURNED
						&& !this.cluster.rows.isEmpty()) {
					String value = answered.answer().value();
					assertThat(value).as("answer to " + id).isEqualTo(this.cluster.answers.get(id));
					assertThat(values.computeIfAbsent(this.keys.get(id), (key) -> new HashSet<>()).add(value))
						.as("the same answer twice")
						.isTrue();
				}
			});
			for (Node node : this.cluster.nodes) {
				if (node.alive) {
					assertThat(node.cluster.waiting()).as("calls left at " + node).isZero();
					assertThat(node.cluster.known()).as("calls known for ever at " + node).isZero();
				}
			}
			this.callers.forEach((id, node) -> {
				if (node.alive) {
					assertThat(this.outcomes).as("never told").containsKey(id);
				}
			});
		}

		boolean ofTheLiving(String id) {
			return this.callers.get(id).alive;
		}

		void assertAllOfTheLivingAnswered() {
			List<String> failed = new ArrayList<>();
			this.outcomes.forEach((id, outcome) -> {
				if (ofTheLiving(id) && !(outcome instanceof Outcome.Answered answered
						&& answered.answer().kind() == Answer.Kind.RETURNED)) {
					failed.add(id + " of " + this.callers.get(id) + ": " + outcome);
				}
			});
			assertThat(failed).isEmpty();
		}

		void assertNoneLongerThan(Duration most) {
			this.ended.forEach((id, time) -> {
				if (ofTheLiving(id)) {
					assertThat(time).as("time of " + id).isLessThan(most);
				}
			});
		}

		/** What was told to be late has not begun after that. */
		void beganLate() {
			this.outcomes.forEach((id, outcome) -> {
				Long late = this.cluster.late.get(id);
				assertThat(late == null || late <= 1_500_000).as("began %s ns after its time", late).isTrue();
			});
			for (Row row : this.cluster.rows.values()) {
				assertThat(row.value()).isPositive();
			}
		}

	}

}
