package io.greenroom.cluster;

import java.time.Duration;

import io.greenroom.testkit.RestartablePostgres;
import io.greenroom.testkit.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Three JVMs whose database is stopped and started again amid calls. */
@Timeout(600)
class DatabaseRestartLongForm {

	private static final Trials TRIALS = new Trials();

	private static final int CLIENTS = 6;

	@AfterAll
	static void print() {
		TRIALS.print();
	}

	@ParameterizedTest
	@ValueSource(strings = { "fast", "immediate" })
	@DisplayName("R07 the database is stopped and started again: callers get its error, nothing is lost or doubled, and the nodes go on by themselves")
	void restarted(String mode) {
		for (int i = 0; i < Trials.RUNS; i++) {
			try (RestartablePostgres server = new RestartablePostgres();
					ThreeNodes run = new ThreeNodes(120, CLIENTS, TestDatabase.pool(server.url(), 10), null, 3)) {
				run.start();
				run.untilMade(1000);
				server.stop(mode);
				run.pause(Duration.ofSeconds(3));
				server.start();
				run.untilMade(run.made() + 1000);
				int failed = run.failed();
				run.untilMade(run.made() + 1000);
				ThreeNodes.Outcome outcome = run.end(0, 1, 2);
				assertThat(outcome.failures()).as(outcome.outputs())
					.allSatisfy((failure) -> assertThat(failure.kind()).startsWith("org.springframework."))
					.as("no call fails when the database is there again")
					.hasSize(failed);
				assertThat(outcome.longest()).as(outcome.outputs()).isLessThan(Duration.ofSeconds(15));
				TRIALS.add("PostgreSQL stopped (%s) and started after 3 s".formatted(mode), outcome);
			}
		}
	}

}
