package io.greenroom.cluster;

import java.time.Duration;
import java.util.stream.IntStream;

import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.TestDatabase;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How many calls one, two and three nodes make for the same clients, and how much
 * processor time each call takes, not counting that of the database. Where the nodes
 * share processors, only the latter says what a cluster costs.
 */
@Timeout(600)
class ThroughputLongForm {

	/** Of all nodes together. */
	private static final int CLIENTS = 18;

	/** How many calls are made before, while the compilers are at work. */
	private static final int BEFORE = 60_000;

	private static final int CALLS = 60_000;

	/** A slow machine makes some hundred calls a second. */
	private static final Duration LIMIT = Duration.ofSeconds(200);

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void nodes(int nodes) {
		try (ThreeNodes run = new ThreeNodes(550, CLIENTS / nodes, TestDatabase.POSTGRESQL.fresh(), null, nodes)) {
			IntStream.range(0, nodes).forEach(run::start);
			run.untilMade(BEFORE, LIMIT);
			long before = run.made();
			long start = System.nanoTime();
			Duration cpu = cpu(run);
			run.untilMade(before + CALLS, LIMIT);
			cpu = cpu(run).minus(cpu);
			double seconds = (System.nanoTime() - start) / 1e9;
			long calls = run.made() - before;
			run.end(IntStream.range(0, nodes).toArray()).held(Duration.ofSeconds(10));
			System.out.printf("| %d | %.0f | %.0f µs |%n", nodes, calls / seconds, cpu.toNanos() / 1e3 / calls);
		}
	}

	private static Duration cpu(ThreeNodes run) {
		return run.nodes.stream().map(BootProcess::cpu).reduce(Duration.ZERO, Duration::plus);
	}

}
