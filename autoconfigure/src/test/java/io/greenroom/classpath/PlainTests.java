package io.greenroom.classpath;

import java.util.Map;

import io.greenroom.deferred.Deferred;
import io.greenroom.test.DeterministicScheduler;
import io.greenroom.test.GreenroomTest;
import io.greenroom.test.LauncherRun;
import io.greenroom.testkit.ForkedJvm;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

import static io.greenroom.test.GreenroomAssertions.assertThat;

/** A program that runs a test with JUnit and AssertJ, and without Spring. */
public final class PlainTests {

	private PlainTests() {
	}

	/** Runs the test and says how many have passed. */
	public static void main(String[] args) {
		LauncherRun run = LauncherRun.of(Tests.class);
		if (!run.failures().equals(Map.of())) {
			throw new IllegalStateException(run.toString(), run.failures().values().iterator().next());
		}
		System.out.println(ForkedJvm.ANSWER + run.tests() + " passed");
	}

	static class Singer {

		String sing() {
			return "sung";
		}

	}

	@GreenroomTest
	static class Tests {

		@Test
		void calls(DeterministicScheduler time) {
			Deferred<Singer> singer = Deferred.of(time.scheduler(), new Singer());
			Assertions.assertThat(singer.sync().sing()).isEqualTo("sung");
			assertThat(singer).isAtRest();
		}

	}

}
