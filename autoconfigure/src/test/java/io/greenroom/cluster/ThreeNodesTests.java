package io.greenroom.cluster;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
			run.endLoad();
			run.nodes.get(1).await("done");
			run.nodes.get(2).await("done");
			// The callers' own timeout is 30 s; the machine may be busy.
			run.check(List.of("1", "2"), List.of("1", "2"), Duration.ofSeconds(30));
		}
	}

}
