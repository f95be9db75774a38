package io.greenroom.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes that are killed, frozen, ended and replaced amid calls, some times each. Not in
 * the build; together with {@link NetworkCutLongForm} and {@link DatabaseRestartLongForm}
 * run by
 * {@code mvn -pl autoconfigure test "-Dtest=*LongForm" -Dsurefire.failIfNoSpecifiedTests=false},
 * with {@code -Dgreenroom.runs} of five by default.
 */
@Timeout(600)
class ThreeNodesLongForm {

	private static final Trials TRIALS = new Trials();

	private static final int CLIENTS = 6;

	/** Less than the default; nodes that compete for two cores need some seconds. */
	private static final Duration LIMIT = Duration.ofSeconds(8);

	private static final Duration FROZEN = Duration.ofSeconds(14);

	/** That of the callers. */
	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	/**
	 * Less than the limit and the time that a call waits for a lock: a node may freeze in
	 * the middle of a transaction.
	 */
	private static final Duration IDLE = Duration.ofSeconds(10);

	@AfterAll
	static void print() {
		TRIALS.print();
	}

	@Test
	@DisplayName("N01 kill -9 of the oldest of three nodes, again and again: no call of the living fails, nothing is lost or doubled")
	void oldestKilled() {
		TRIALS.add("kill -9 of the oldest node, %d times in one run".formatted(Trials.RUNS),
				killed((round) -> round % 3));
	}

	@Test
	@DisplayName("N01 kill -9 of the youngest of three nodes, again and again: no call of the living fails, nothing is lost or doubled")
	void youngestKilled() {
		TRIALS.add("kill -9 of the youngest node, %d times in one run".formatted(Trials.RUNS), killed((round) -> 2));
	}

	private static ThreeNodes.Outcome killed(IntUnaryOperator victims) {
		try (ThreeNodes run = new ThreeNodes(550, CLIENTS)) {
			run.start();
			for (int i = 0; i < Trials.RUNS; i++) {
				int victim = victims.applyAsInt(i);
				run.untilMade(run.made() + 1000);
				run.nodes.get(victim).kill();
				run.untilMade(run.made() + 1000);
				run.start(victim);
			}
			run.untilMade(run.made() + 1000);
			return run.end(0, 1, 2).held(Duration.ofSeconds(10));
		}
	}

	@Test
	@DisplayName("N01 N02 kill -9 of the oldest of three nodes amid calls, after the youngest was frozen beyond the heartbeat limit: no call of the living fails, none is lost or made twice")
	void frozenAndKilled() {
		try (ThreeNodes run = new ThreeNodes(550, CLIENTS).heartbeatLimit(LIMIT).endTransactions(IDLE)) {
			run.start();
			for (int i = 0; i < Trials.RUNS; i++) {
				int oldest = i % 3;
				int youngest = (i + 2) % 3;
				run.untilMade(run.made() + 500);
				run.nodes.get(youngest).freeze();
				run.untilGone(FROZEN);
				run.nodes.get(youngest).thaw();
				run.untilWhole();
				run.nodes.get(oldest).kill();
				run.untilMade(run.made() + 500);
				run.start(oldest);
			}
			TRIALS.add("one frozen for 14 s and woken, limit 8 s, then kill -9 of the oldest, %d times in one run"
				.formatted(Trials.RUNS), run.end(0, 1, 2).held(TIMEOUT));
		}
	}

	@Test
	@DisplayName("N02 any of three nodes is frozen beyond the heartbeat limit and wakes, and the database has ended its transactions: no call fails, on that node too")
	void frozen() {
		try (ThreeNodes run = new ThreeNodes(550, CLIENTS).heartbeatLimit(LIMIT).endTransactions(IDLE)) {
			run.start();
			for (int i = 0; i < Trials.RUNS; i++) {
				int victim = i % 3;
				run.untilMade(run.made() + 500);
				run.nodes.get(victim).freeze();
				run.untilGone(FROZEN);
				run.nodes.get(victim).thaw();
				run.untilWhole();
			}
			run.untilMade(run.made() + 500);
			TRIALS.add("frozen for 14 s, limit 8 s, %d times in one run".formatted(Trials.RUNS),
					run.end(0, 1, 2).held(TIMEOUT));
		}
	}

	@Test
	@DisplayName("N04 SIGTERM of each of three nodes in turn, each started again, some times: no call fails")
	void rolling() {
		try (ThreeNodes run = new ThreeNodes(550, CLIENTS)) {
			run.start();
			for (int i = 0; i < 3 * Trials.RUNS; i++) {
				run.untilMade(run.made() + 500);
				run.nodes.get(i % 3).end();
				run.untilMade(run.made() + 500);
				run.start(i % 3);
			}
			run.untilMade(run.made() + 500);
			TRIALS.add(
					"SIGTERM of each of the three in turn, started again, %d times in one run".formatted(Trials.RUNS),
					run.end(0, 1, 2).held(Duration.ofSeconds(5)));
		}
	}

	@Test
	@DisplayName("N11 a fourth node joins and one leaves: counts of 1 000 keys are exact, at most 1 % of the calls take more than a second")
	void joinedAndLeft() {
		try (ThreeNodes run = new ThreeNodes(550, CLIENTS, TestDatabase.POSTGRESQL.fresh(), null, 4).keys(1000)) {
			run.start();
			for (int i = 0; i < Trials.RUNS; i++) {
				run.untilMade(run.made() + 3000);
				run.start((i + 3) % 4);
				run.untilMade(run.made() + 3000);
				run.nodes.get(i % 4).end();
			}
			run.untilMade(run.made() + 3000);
			int gone = (Trials.RUNS - 1) % 4;
			ThreeNodes.Outcome outcome = run.end(IntStream.range(0, 4).filter((node) -> node != gone).toArray())
				.held(Duration.ofSeconds(10));
			assertThat(outcome.slow()).as(outcome.outputs()).isLessThanOrEqualTo(outcome.calls() / 100);
			TRIALS.add("a fourth joins and one leaves, 1 000 keys, %d times in one run".formatted(Trials.RUNS),
					outcome);
		}
	}

	@Test
	@DisplayName("N05 kill -9 of a node that has committed a call and not answered: the caller gets the stored answer, and the call was made once")
	void answerLost() {
		try (ThreeNodes run = new ThreeNodes(500, CLIENTS)) {
			run.startHolding(Duration.ofSeconds(30));
			for (int i = 0; i < Trials.RUNS; i++) {
				run.untilMade(run.made() + 500);
				run.hold(ClusterApplication.AFTER_COMMIT);
				run.nodes.get(2).kill();
				run.untilMade(run.made() + 500);
				run.start(2);
			}
			ThreeNodes.Outcome outcome = run.end(0, 1, 2).held(Duration.ofSeconds(10));
			assertThat(outcome.stored()).as(outcome.outputs()).isGreaterThanOrEqualTo(Trials.RUNS);
			TRIALS.add("kill -9 between commit and answer, %d times in one run".formatted(Trials.RUNS), outcome);
		}
	}

	@Test
	@DisplayName("N03 a node is frozen again and again inside a transaction that has a key's row: that key waits no longer than the heartbeat limit and what the database gives an idle transaction, other keys no longer than the heartbeat limit")
	void frozenInTransactions() {
		Duration slack = Duration.ofSeconds(4);
		Duration limit = Duration.ofSeconds(5);
		Duration ended = Duration.ofSeconds(10);
		int times = Rounds.of(20);
		try (ThreeNodes run = new ThreeNodes(500, CLIENTS).heartbeatLimit(limit)) {
			run.startHolding(ended);
			run.untilEachMade();
			Set<String> held = new HashSet<>();
			for (int i = 0; i < times; i++) {
				String key = run.hold(ClusterApplication.BEFORE_COMMIT);
				run.nodes.get(2).freeze();
				held.add(key);
				assertThat(run.isLocked(key)).as("the frozen node has the row").isTrue();
				Map<String, Long> before = run.madeByKey();
				run.untilMade(before, (other) -> !run.isCalledWith(key, other));
				assertThat(run.isLocked(key)).as("other keys go on while the row is locked").isTrue();
				run.untilMade(before, key::equals);
				run.letGoOfHeld();
				run.untilSeen(0, 3);
				run.untilMade(run.made() + 500);
			}
			ThreeNodes.Outcome outcome = run.end(0, 1, 2).held(limit.plus(ended).plus(slack));
			assertThat(run.longest((key) -> !held.contains(key))).isLessThan(limit.plus(slack));
			TRIALS.add("frozen in an open transaction that is ended after 10 s, limit 5 s, %d times in one run"
				.formatted(times), outcome);
		}
	}

}
