package io.greenroom.green.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.green.GreenThread;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** The same again and again: each of these runs a program at least 200 times. */
@Timeout(60)
class WorkerDeterminismTests {

	private static final int RUNS = 200;

	@DisplayName("C12 the same seed gives the same trace, 200 of 200 runs")
	@ParameterizedTest
	@EnumSource
	void theSameSeedGivesTheSameTrace(Worker.Mode mode) {
		List<String> first = traceOfPrimitives(mode, 42);
		assertThat(first).hasSizeGreaterThan(100);
		for (int run = 1; run < RUNS; run++) {
			assertThat(traceOfPrimitives(mode, 42)).isEqualTo(first);
		}
	}

	@DisplayName("C12 another seed gives another trace")
	@ParameterizedTest
	@EnumSource
	void anotherSeedGivesAnotherTrace(Worker.Mode mode) {
		Set<List<String>> traces = new HashSet<>();
		for (int seed = 0; seed < 20; seed++) {
			traces.add(traceOfPrimitives(mode, seed));
		}
		assertThat(traces).hasSize(20);
	}

	@Test
	@DisplayName("C12 both modes draw the same trace from the same seed")
	void bothModesGiveTheSameTrace() {
		for (int seed = 0; seed < RUNS; seed++) {
			assertThat(traceOfPrimitives(Worker.Mode.BATON, seed))
				.isEqualTo(traceOfPrimitives(Worker.Mode.ONE_CARRIER, seed));
		}
	}

	@Test
	@DisplayName("C12 on one carrier the JDK's locks, conditions, semaphores and queues give the same trace too")
	void theJdksBlockingCallsGiveTheSameTrace() {
		List<String> first = traceOfJdk(7);
		for (int run = 1; run < RUNS; run++) {
			assertThat(traceOfJdk(7)).isEqualTo(first);
		}
		assertThat(traceOfJdk(8)).isNotEqualTo(first);
	}

	@DisplayName("C12 a failure that only some interleavings show prints the seed that replays it")
	@ParameterizedTest
	@EnumSource
	void aFailurePrintsItsSeed(Worker.Mode mode) {
		long failing = -1;
		Throwable failure = null;
		for (long seed = 0; failure == null; seed++) {
			failing = seed;
			failure = lostUpdate(mode, seed);
		}
		assertThat(failure)
			.hasStackTraceContaining("seed(" + failing + "L).strategy(Worker.Strategy.RANDOM) replays it");
		for (int run = 0; run < RUNS; run++) {
			assertThat(lostUpdate(mode, failing)).hasMessage(failure.getMessage());
		}
	}

	@DisplayName("C12 without a seed the order is the order of arrival, every time")
	@ParameterizedTest
	@EnumSource
	void withoutASeedTheyTakeTurns(Worker.Mode mode) {
		for (int run = 0; run < RUNS; run++) {
			List<String> seen = new ArrayList<>();
			try (Worker worker = Worker.builder().mode(mode).build()) {
				for (int i = 0; i < 10; i++) {
					String name = "t" + i;
					worker.assign(() -> {
						worker.sleep(Duration.ofMillis(5));
						seen.add(name);
					});
				}
				worker.work();
			}
			assertThat(seen).containsExactly("t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9");
		}
	}

	/** Sleeps, yields, joins, kills, links and futures, spawned by each other. */
	private static List<String> traceOfPrimitives(Worker.Mode mode, long seed) {
		List<String> trace = new ArrayList<>();
		try (Worker worker = Worker.builder().mode(mode).seed(seed).onStep(trace::add).build()) {
			CompletableFuture<String> gate = new CompletableFuture<>();
			for (int i = 0; i < 6; i++) {
				int number = i;
				worker.assign("r" + i, () -> {
					for (int round = 0; round < 5; round++) {
						worker.sleep(Duration.ofMillis((number * 7 + round * 3) % 5));
						worker.pause();
					}
					GreenThread<Void> child = worker.scheduler().spawn("c" + number, () -> {
						try {
							worker.sleep(Duration.ofHours(1));
						}
						finally {
							trace.add("killed " + number);
						}
					});
					child.link((ended) -> trace.add("ended " + number));
					worker.sleep(Duration.ofMillis(number % 2));
					child.kill();
					child.join();
					if (number == 0) {
						gate.complete("open");
					}
					trace.add(worker.scheduler().await(gate) + " " + number + " at " + worker.clock().millis());
				});
			}
			assertThat(worker.work()).isTrue();
		}
		return trace;
	}

	private static List<String> traceOfJdk(long seed) {
		List<String> trace = new ArrayList<>();
		try (Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).seed(seed).onStep(trace::add).build()) {
			ReentrantLock lock = new ReentrantLock(true);
			Condition turned = lock.newCondition();
			Semaphore two = new Semaphore(2);
			LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(2);
			int[] arrived = new int[1];
			for (int i = 0; i < 4; i++) {
				int number = i;
				worker.assign("worker " + i, () -> {
					two.acquire();
					Thread.yield();
					two.release();
					lock.lock();
					try {
						Thread.yield();
						arrived[0]++;
						turned.signalAll();
						while (arrived[0] < 4) {
							turned.await();
						}
					}
					finally {
						lock.unlock();
					}
					for (int k = 0; k < 5; k++) {
						queue.put(number);
					}
				});
			}
			worker.assign("reader", () -> {
				for (int k = 0; k < 20; k++) {
					trace.add("took " + queue.take());
				}
			});
			assertThat(worker.work()).isTrue();
		}
		return trace;
	}

	/** Two that read, yield and write: right only if they do not meet. */
	private static Throwable lostUpdate(Worker.Mode mode, long seed) {
		try (Worker worker = Worker.builder().mode(mode).seed(seed).build()) {
			int[] count = new int[1];
			GreenThread<?>[] both = new GreenThread<?>[2];
			for (int i = 0; i < 2; i++) {
				both[i] = worker.assign(() -> {
					int read = count[0];
					worker.pause();
					count[0] = read + 1;
				});
			}
			worker.assign("check", () -> {
				both[0].join();
				both[1].join();
				if (count[0] != 2) {
					throw new AssertionError("counted " + count[0]);
				}
			});
			return catchThrowable(worker::work);
		}
	}

}
