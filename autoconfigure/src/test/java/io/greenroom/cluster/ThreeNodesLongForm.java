package io.greenroom.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import io.greenroom.testkit.Rounds;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What takes minutes of {@link ThreeNodesTests}. Not in the build; run it by
 * {@code mvn verify -Dtest=ThreeNodesLongForm -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Timeout(600)
class ThreeNodesLongForm {

	@Test
	@DisplayName("N01 N02 kill -9 of the oldest of three nodes amid calls, after another was frozen beyond the heartbeat limit: no call of the living fails, none is lost or made twice")
	void frozenAndKilled() {
		try (ThreeNodes run = new ThreeNodes(60, 6)) {
			run.start();
			run.untilMade(200);
			run.nodes.get(2).freeze();
			run.untilGone("frozen", Duration.ofSeconds(5));
			run.nodes.get(2).thaw();
			run.untilSeen("2", 3);
			run.nodes.get(0).kill();
			run.untilMade(run.made() + 300);
			run.endLoad();
			run.nodes.get(1).await("done");
			run.nodes.get(2).await("done");
			// The callers' own timeout is 30 s.
			run.check(List.of("1", "2"), List.of("1"), Duration.ofSeconds(30));
		}
	}

	@Test
	@DisplayName("N04 SIGTERM of each of three nodes in turn, each started again: no call fails")
	void rolling() {
		try (ThreeNodes run = new ThreeNodes(90, 12)) {
			run.start();
			for (int i = 0; i < 3; i++) {
				run.untilMade(run.made() + 1000);
				run.restart(i);
			}
			run.untilMade(run.made() + 1000);
			run.endLoad();
			run.nodes.forEach((node) -> node.await("done"));
			run.check(List.of("0", "1", "2"), List.of("0", "1", "2"), Duration.ofSeconds(5));
		}
	}

	@Test
	@DisplayName("N01 kill -9 of any of three nodes, five times each: nothing lost, nothing doubled, no call longer than 3 s")
	void killedOften() {
		for (int i = 0; i < Rounds.of(15); i++) {
			try (ThreeNodes run = new ThreeNodes(25, 6)) {
				run.start();
				run.untilMade(300);
				int victim = i % 3;
				run.nodes.get(victim).kill();
				List<String> living = IntStream.range(0, 3)
					.filter((other) -> other != victim)
					.mapToObj(String::valueOf)
					.toList();
				living.forEach((other) -> run.nodes.get(Integer.parseInt(other)).await("done"));
				run.check(living, living, Duration.ofSeconds(10));
			}
		}
	}

	@Test
	@DisplayName("N03 a node is frozen again and again inside a transaction that has a key's row: that key waits no longer than the heartbeat limit and what the database gives an idle transaction, other keys no longer than the heartbeat limit")
	void frozenInTransactions() {
		Duration slack = Duration.ofSeconds(4);
		Duration limit = Duration.ofSeconds(5);
		Duration ended = Duration.ofSeconds(10);
		try (ThreeNodes run = new ThreeNodes(500, 6)) {
			run.startHolding(limit, ended);
			run.untilMade(1000);
			Set<String> held = new HashSet<>();
			for (int i = 0; i < Rounds.of(20); i++) {
				String key = run.hold();
				held.add(key);
				assertThat(run.isLocked(key)).as("the frozen node has the row").isTrue();
				Map<String, Long> before = run.madeByKey();
				run.untilMade(before, (other) -> !run.isCalledWith(key, other));
				assertThat(run.isLocked(key)).as("other keys go on while the row is locked").isTrue();
				run.untilMade(before, key::equals);
				run.letGoOfHeld();
				run.untilSeen("0", 3);
				run.untilMade(run.made() + 500);
			}
			run.endLoad();
			run.nodes.forEach((node) -> node.await("done"));
			run.check(List.of("0", "1"), List.of("0", "1"), limit.plus(ended).plus(slack));
			assertThat(run.longest((key) -> !held.contains(key))).isLessThan(limit.plus(slack));
		}
	}

}
