package io.greenroom.cluster;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three JVMs of which one is killed amid calls. The same rows are tested in virtual time
 * by {@code SimulatedClusterTests}, over a real database by {@code DurableClusterTests},
 * and with nodes that freeze and that are replaced by {@link ThreeNodesLongForm}.
 */
@Timeout(180)
class ThreeNodesTests {

	@Test
	@DisplayName("N01 kill -9 of the oldest of three nodes amid calls: no call of the living fails, none is lost or made twice")
	void killed() {
		try (ThreeNodes run = new ThreeNodes(60, 6)) {
			run.start();
			run.untilMade(200);
			run.nodes.get(0).kill();
			run.untilMade(run.made() + 200);
			// The callers' own timeout is 30 s; the machine may be busy.
			run.end(1, 2).held(Duration.ofSeconds(30));
		}
	}

	@Test
	@DisplayName("N03 a node is frozen inside a transaction that has a key's row: calls of all other keys go on, and those of that key when the database has ended the transaction, whose commit comes to nothing")
	void frozenInTransaction() {
		try (ThreeNodes run = new ThreeNodes(60, 4).heartbeatLimit(Duration.ofSeconds(5))) {
			run.startHolding(Duration.ofSeconds(8));
			run.untilEachMade();
			Map<String, Long> before = run.madeByKey();
			String held = run.hold(ClusterApplication.BEFORE_COMMIT);
			run.nodes.get(2).freeze();
			assertThat(run.isLocked(held)).as("the frozen node has the row").isTrue();
			run.untilMade(before, (key) -> !run.isCalledWith(held, key));
			run.untilMade(run.madeByKey(), held::equals);
			run.letGoOfHeld();
			// The callers' own timeout is 30 s; the machine may be busy.
			run.end(0, 1, 2).held(Duration.ofSeconds(30));
		}
	}

}
