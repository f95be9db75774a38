package io.greenroom.test;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.management.OperatingSystemMXBean;
import io.greenroom.deferred.Deferred;
import io.greenroom.green.Deadline;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenGroup;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenQueue;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Parking;
import io.greenroom.green.PoolFullException;
import io.greenroom.green.TimeoutExpiredException;
import io.greenroom.green.worker.Worker;
import io.greenroom.green.worker.WorkerStuckException;
import io.greenroom.test.Orders.Order;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the time of the deterministic scheduler passes for. */
@Timeout(60)
class DeterministicTimeTests {

	@DisplayName("U01 U02 a run passes the time for sleeps, and not for a timeout, a limit or a repetition")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void runsSleepOnly(Order order) {
		try (DeterministicScheduler test = order.open()) {
			GreenScheduler scheduler = test.scheduler();
			List<String> seen = new ArrayList<>();
			GreenEvent never = new GreenEvent();
			AtomicInteger rounds = new AtomicInteger();
			GreenPool pool = scheduler.pool("one", 1);
			GreenQueue<String> queue = new GreenQueue<>(1);
			scheduler.repeat(Duration.ofMinutes(1), rounds::incrementAndGet);
			pool.submit(() -> never.await());
			scheduler.spawn(() -> {
				seen.add("event " + never.await(Duration.ofMinutes(10)));
			});
			scheduler.spawn(() -> {
				seen.add("queue " + queue.tryTake(Duration.ofMinutes(20)));
			});
			scheduler.spawn(() -> {
				try {
					io.greenroom.green.Timeout.after(Duration.ofMinutes(30)).run(never::await);
				}
				catch (TimeoutExpiredException expired) {
					seen.add("block");
				}
			});
			scheduler.spawn(() -> {
				try {
					pool.trySpawn(() -> {
					}, Duration.ofMinutes(40));
				}
				catch (PoolFullException full) {
					seen.add("pool");
				}
			});
			scheduler.spawn(() -> {
				Deadline deadline = Deadline.after(Duration.ofMinutes(50));
				never.await(deadline.remaining());
				seen.add("deadline " + deadline.isExpired());
			});
			test.settle();
			assertThat(seen).isEmpty();
			assertThat(rounds).hasValue(1);
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH);
			test.run(() -> scheduler.sleep(Duration.ofMinutes(25)));
			assertThat(seen).containsExactly("event false", "queue null");
			assertThat(rounds).hasValueBetween(25, 26);
			test.advance(Duration.ofMinutes(25));
			assertThat(seen).containsExactly("event false", "queue null", "block", "pool", "deadline true");
			assertThat(rounds).hasValue(51);
			never.set();
			test.finish();
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(50)));
		}
	}

	@DisplayName("U01 finish passes the time for timeouts as long as a green thread waits, and not for repetitions")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void finishPassesTheTime(Order order) {
		try (DeterministicScheduler test = order.open()) {
			GreenScheduler scheduler = test.scheduler();
			AtomicInteger rounds = new AtomicInteger();
			scheduler.repeat(Duration.ofMinutes(1), rounds::incrementAndGet);
			GreenGroup group = scheduler.group();
			test.run(() -> {
				group.spawn(() -> {
					new GreenEvent().await(Duration.ofHours(1));
				});
				group.spawn(() -> scheduler.sleep(Duration.ofMinutes(30)));
				group.join();
			});
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(30)));
			test.finish();
			assertThat(rounds).hasValueBetween(60, 61);
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofHours(1)));
			test.run(() -> new GreenEvent().await());
			assertThatExceptionOfType(WorkerStuckException.class).as("repeated for ever, to no avail")
				.isThrownBy(test::finish)
				.withMessageContaining("'test' waits for GreenEvent[not set]");
		}
	}

	@DisplayName("U01 what is due at the very end of an advance runs in it")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void dueAtTheEnd(Order order) {
		try (DeterministicScheduler test = order.open()) {
			List<Integer> seen = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				int number = i;
				test.scheduler().spawnLater(Duration.ofHours(1), () -> {
					Parking.pause();
					seen.add(number);
				});
			}
			test.advance(Duration.ofHours(1));
			assertThat(seen).hasSize(10);
		}
	}

	@DisplayName("U01 a handler's housekeeping takes place as the time passes, and keeps no run going")
	@ParameterizedTest
	@EnumSource
	void housekeeping(Worker.Mode mode) {
		try (DeterministicScheduler test = DeterministicScheduler.of(Worker.builder().mode(mode))) {
			Calls calls = new Calls();
			Deferred<Calls> deferred = Deferred.of(test.scheduler(), calls);
			test.run(() -> deferred.sync().call());
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH);
			assertThat(test.scheduler().dump(0).alive()).as("waits for calls").isEqualTo(1);
			test.advance(Duration.ofMinutes(5));
			assertThat(test.scheduler().dump(0).alive()).as("has given its thread back").isZero();
			test.run(() -> deferred.sync().call());
			test.finish();
			assertThat(calls.made).isEqualTo(2);
		}
	}

	static class Calls {

		int made;

		void call() {
			this.made++;
		}

	}

	@DisplayName("U02 a day of 100 000 timers, with one each second beside them, takes less than a second")
	@ParameterizedTest
	@EnumSource
	void aDayOfTimers(Worker.Mode mode) {
		// The machine may have other things to do, and the JDK's second carrier spins
		// while it has none; so the fastest day counts, in the lesser of both times.
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		long fastest = Long.MAX_VALUE;
		for (int day = 0; day < 5; day++) {
			try (DeterministicScheduler test = DeterministicScheduler.of(Worker.builder().mode(mode))) {
				AtomicInteger fired = new AtomicInteger();
				AtomicInteger rounds = new AtomicInteger();
				for (int i = 0; i < 100_000; i++) {
					test.scheduler().spawnLater(Duration.ofMillis(860L * i), fired::incrementAndGet);
				}
				test.scheduler().repeat(Duration.ofSeconds(1), rounds::incrementAndGet);
				long start = System.nanoTime();
				long processor = system.getProcessCpuTime();
				test.advance(Duration.ofDays(1));
				fastest = Math.min(fastest,
						Math.min(System.nanoTime() - start, system.getProcessCpuTime() - processor));
				assertThat(fired).hasValue(100_000);
				assertThat(rounds).hasValue(86_401);
			}
		}
		assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofSeconds(1));
	}

}
