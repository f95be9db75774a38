package io.greenroom.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.worker.Worker;
import io.greenroom.green.worker.WorkerStuckException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DeterministicSchedulerTests {

	@Test
	@DisplayName("C11 a test of an hour ends at once, on the test's clock")
	void anHourEndsAtOnce() {
		try (DeterministicScheduler test = DeterministicScheduler.inTurn()) {
			List<String> seen = new ArrayList<>();
			test.run(() -> {
				test.scheduler().spawnLater(Duration.ofHours(1), () -> {
					seen.add("at " + test.clock().instant());
				});
				seen.add("spawned at " + test.clock().instant());
			});
			assertThat(seen).containsExactly("spawned at 1970-01-01T00:00:00Z", "at 1970-01-01T01:00:00Z");
		}
	}

	@Test
	@DisplayName("C14 the test lets the time pass, step by step")
	void theTestLetsTheTimePass() {
		try (DeterministicScheduler test = DeterministicScheduler.inTurn()) {
			AtomicInteger beats = new AtomicInteger();
			GreenThread<Void> heart = test.scheduler().repeat(Duration.ofSeconds(1), beats::incrementAndGet);
			test.advance(Duration.ofMillis(2500));
			assertThat(beats).hasValue(3);
			test.advance(Duration.ofMillis(499));
			assertThat(beats).hasValue(3);
			test.advance(Duration.ofMillis(2));
			assertThat(beats).hasValue(4);
			heart.kill();
			test.finish();
		}
	}

	@DisplayName("A deadlock is told with the stack of each who waits")
	@ParameterizedTest
	@EnumSource
	void aDeadlockIsTold(Worker.Mode mode) {
		try (DeterministicScheduler test = DeterministicScheduler.of(Worker.builder().mode(mode))) {
			assertThatExceptionOfType(WorkerStuckException.class).isThrownBy(() -> test.run(() -> waitForEver(test)))
				.withMessageContaining("1 routine waits: [test]")
				.satisfies((stuck) -> assertThat(stuck)
					.hasStackTraceContaining("DeterministicSchedulerTests.waitForEver"));
		}
	}

	private static void waitForEver(DeterministicScheduler test) throws InterruptedException {
		test.scheduler().await(new CompletableFuture<>());
	}

	@Test
	@DisplayName("C12 the seed names the order: the same trace each time")
	void theSeedNamesTheOrder() {
		List<String> first = trace(5);
		for (int run = 0; run < 200; run++) {
			assertThat(trace(5)).isEqualTo(first);
		}
		assertThat(trace(6)).isNotEqualTo(first);
	}

	private static List<String> trace(long seed) {
		try (DeterministicScheduler test = DeterministicScheduler.seeded(seed)) {
			for (int i = 0; i < 5; i++) {
				test.scheduler().spawn("t" + i, () -> {
					Parking.pause();
					test.scheduler().sleep(Duration.ofMillis(3));
				});
			}
			test.finish();
			return test.trace();
		}
	}

	@Test
	@DisplayName("C12 exploring finds the order that breaks a test, and says its seed")
	void exploringFindsTheOrder() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Interleavings.Test lostUpdate = (test) -> {
			runs.incrementAndGet();
			int[] count = new int[1];
			test.run(() -> {
				GreenThread<?> one = test.scheduler().spawn(() -> increment(count));
				GreenThread<?> two = test.scheduler().spawn(() -> increment(count));
				one.join();
				two.join();
			});
			assertThat(count[0]).isEqualTo(2);
		};
		assertThatThrownBy(() -> Interleavings.explore(1000, lostUpdate)).isInstanceOf(AssertionError.class)
			.hasStackTraceContaining("-D" + Interleavings.SEED_PROPERTY + "=");
		assertThat(runs).hasValueLessThan(100);
		assertThatIllegalArgumentException().isThrownBy(() -> Interleavings.explore(0, lostUpdate));
	}

	private static void increment(int[] count) {
		int read = count[0];
		Parking.pause();
		count[0] = read + 1;
	}

	@Test
	@DisplayName("C12 exploring runs every seed of a test that holds")
	void exploringRunsEverySeed() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Interleavings.explore(50, (test) -> test.run(runs::incrementAndGet));
		assertThat(runs).hasValue(50);
	}

}
