package io.greenroom.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.testkit.Hosts;
import io.greenroom.testkit.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three JVMs on hosts of their own, between which the network is cut amid calls, while
 * all reach the database. Skipped where there can be no such hosts; the build tests the
 * same in virtual time, by {@code SimulatedClusterTests}.
 */
@Timeout(600)
class NetworkCutLongForm {

	private static final Trials TRIALS = new Trials();

	private static final int CLIENTS = 6;

	private static final Duration LIMIT = Duration.ofSeconds(3);

	@BeforeAll
	static void requireHosts() {
		Optional<String> missing = Hosts.missing();
		Assumptions.assumeTrue(missing.isEmpty(), missing::get);
	}

	@AfterAll
	static void print() {
		TRIALS.print();
	}

	@Test
	@DisplayName("N07 any of three nodes is cut off and comes back within the callers' time: no call fails, on that node too, and all read what is stored")
	void cutOff() {
		run("one cut off for 10 s, limit 3 s", Hosts::cut, Hosts::heal);
	}

	@Test
	@DisplayName("N07 nothing that any of three nodes sends arrives for a while: no call fails, on that node too, and all read what is stored")
	void silenced() {
		run("one not heard by the others for 10 s", Hosts::silence, Hosts::hear);
	}

	@Test
	@DisplayName("N07 nothing arrives at any of three nodes for a while: no call fails, on that node too, and all read what is stored")
	void deafened() {
		run("one not hearing the others for 10 s", (hosts, one, other) -> hosts.silence(other, one),
				(hosts, one, other) -> hosts.hear(other, one));
	}

	private static void run(String name, Way cut, Way heal) {
		try (Hosts hosts = new Hosts(3); ThreeNodes run = nodes(hosts)) {
			run.start();
			for (int i = 0; i < Trials.RUNS; i++) {
				int victim = i % 3;
				run.untilMade(run.made() + 1000);
				others(victim).forEach((other) -> cut.between(hosts, victim, other));
				run.untilGone(Duration.ofSeconds(10));
				others(victim).forEach((other) -> heal.between(hosts, victim, other));
				run.untilWhole();
			}
			run.untilMade(run.made() + 1000);
			TRIALS.add("%s, %d times in one run".formatted(name, Trials.RUNS),
					run.end(0, 1, 2).held(Duration.ofSeconds(30)));
		}
	}

	@Test
	@DisplayName("N07 two of three nodes don't reach each other, and both reach the third: one of them is left out, and no call of the others fails")
	void apart() {
		for (int i = 0; i < Trials.RUNS; i++) {
			// The oldest decides who is there.
			int one = (i % 2 == 0) ? 1 : 0;
			int other = 2;
			int between = 1 - one;
			try (Hosts hosts = new Hosts(3); ThreeNodes run = nodes(hosts)) {
				run.start();
				run.untilMade(1000);
				hosts.cut(one, other);
				run.untilGone(Duration.ofSeconds(40));
				hosts.heal(one, other);
				run.untilWhole();
				run.untilMade(run.made() + 500);
				ThreeNodes.Outcome outcome = run.end(0, 1, 2);
				assertThat(run.longestOf(between)).as(outcome.outputs()).isLessThan(LIMIT.plusSeconds(10));
				assertFailed(outcome, NoQuorumException.class, DeferredTimeoutException.class);
				TRIALS.add("two cut from each other for 40 s, and not from the third", outcome);
			}
		}
	}

	private static void assertFailed(ThreeNodes.Outcome outcome, Class<?>... kinds) {
		List<String> names = Stream.of(kinds).map(Class::getName).toList();
		assertThat(outcome.failures()).as(outcome.outputs())
			.allSatisfy((failure) -> assertThat(failure.kind()).isIn(names));
		assertThat(outcome.failures().stream().map(ThreeNodes.Failure::node).distinct().toList()).as(outcome.outputs())
			.hasSizeLessThanOrEqualTo(1);
	}

	@Test
	@DisplayName("N07 a node is cut off for longer than its callers wait: they get NoQuorumException within their time, those of the others get their answers")
	void cutOffForLong() {
		Duration timeout = Duration.ofSeconds(10);
		for (int victim = 0; victim < 3; victim++) {
			int cutOff = victim;
			try (Hosts hosts = new Hosts(3); ThreeNodes run = nodes(hosts).timeout(timeout)) {
				run.start();
				for (int i = 0; i < Math.ceilDiv(Trials.RUNS, 3); i++) {
					run.untilMade(run.made() + 1000);
					others(victim).forEach((other) -> hosts.cut(cutOff, other));
					run.untilSeen(victim, 1);
					run.untilGone(Duration.ofSeconds(25));
					others(victim).forEach((other) -> hosts.heal(cutOff, other));
					run.untilWhole();
				}
				run.untilMade(run.made() + 1000);
				ThreeNodes.Outcome outcome = run.end(0, 1, 2);
				assertThat(outcome.longest()).as(outcome.outputs()).isLessThan(timeout.plusSeconds(2));
				assertFailed(outcome, NoQuorumException.class, DeferredTimeoutException.class);
				assertThat(outcome.failures()).as(outcome.outputs())
					.allSatisfy((failure) -> assertThat(failure.node()).isEqualTo(cutOff))
					.filteredOn((failure) -> failure.kind().equals(NoQuorumException.class.getName()))
					.hasSizeGreaterThanOrEqualTo(CLIENTS);
				TRIALS.add("one cut off for 25 s, whose callers wait 10 s", outcome);
			}
		}
	}

	private static ThreeNodes nodes(Hosts hosts) {
		return new ThreeNodes(550, CLIENTS, TestDatabase.POSTGRESQL.fresh(), hosts, 3).heartbeatLimit(LIMIT);
	}

	private static IntStream others(int node) {
		return IntStream.range(0, 3).filter((other) -> other != node);
	}

	/** What happens to the way from one host to another. */
	private interface Way {

		void between(Hosts hosts, int one, int other);

	}

}
