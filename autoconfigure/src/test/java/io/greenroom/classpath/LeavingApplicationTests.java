package io.greenroom.classpath;

import java.time.Duration;

import io.greenroom.testkit.ForkedJvm;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Virtual threads are daemons; accepted green work is done all the same. */
class LeavingApplicationTests {

	@Test
	@DisplayName("G29 an application whose main method has returned does its green work before it exits")
	void worksBeforeItExits() throws Exception {
		assertThat(ForkedJvm.run(LeavingApplication.class, (jar) -> true)).isEqualTo("sung");
	}

	@Test
	@DisplayName("G29 a 1000 s sleeper holds the exit no longer than spring.lifecycle.timeout-per-shutdown-phase")
	void sleeperDoesNotHoldTheExit() throws Exception {
		long start = System.nanoTime();
		assertThat(ForkedJvm.run(LeavingApplication.class, (jar) -> true,
				"--spring.lifecycle.timeout-per-shutdown-phase=2s"))
			.isEqualTo("sung");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(2),
				Duration.ofSeconds(60));
	}

}
