package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Routines that will not end, and a worker that does. */
@Timeout(60)
class WorkerCloseTests {

	@ParameterizedTest
	@EnumSource
	@DisplayName("C17 a routine that loops over pause() for ever is killed at its next pause")
	void killedAtPause(Worker.Mode mode) {
		AtomicLong rounds = new AtomicLong();
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenThread<Void> spinner = worker.scheduler().spawn(() -> {
				while (true) {
					rounds.incrementAndGet();
					worker.pause();
				}
			});
			worker.assign(() -> {
				worker.pause();
				long before = rounds.get();
				spinner.kill();
				spinner.join();
				assertThat(rounds.get() - before).isLessThanOrEqualTo(2);
			});
			assertThat(worker.work()).isTrue();
			assertThat(spinner.exception()).isInstanceOf(GreenThreadKilledException.class);
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("C17 close() ends within its limit in real time, also with a routine that swallows each kill")
	void closedInTime(Worker.Mode mode) {
		Worker worker = Worker.builder().mode(mode).build();
		worker.assign(() -> {
			while (true) {
				try {
					worker.pause();
				}
				catch (RuntimeException killed) {
					Thread.interrupted();
				}
			}
		});
		worker.tick();
		assertEndsInTime(worker);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("C17 close() ends within its limit in real time, also with a routine that waits with the JDK and swallows each kill")
	void closedInTimeWithJdkWait(Worker.Mode mode) {
		CountDownLatch never = new CountDownLatch(1);
		Worker worker = Worker.builder().mode(mode).build();
		worker.assign(() -> {
			worker.pause();
			while (never.getCount() > 0) {
				try {
					never.await();
				}
				catch (InterruptedException swallowed) {
					// Once more.
				}
			}
		});
		worker.tick();
		assertEndsInTime(worker);
		never.countDown();
	}

	private static void assertEndsInTime(Worker worker) {
		long start = System.nanoTime();
		worker.close();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("C17 joining n threads in a worker takes the limit once, in the worker's time")
	void limitsInWorkersTime(Worker.Mode mode) {
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenScheduler scheduler = worker.scheduler();
			worker.assign(() -> {
				GreenGroup group = scheduler.group();
				for (int i = 1; i <= 5; i++) {
					int hours = i;
					group.spawn(() -> worker.sleep(Duration.ofHours(hours)));
				}
				long start = Parking.nanoTime();
				group.join(Join.all().within(Duration.ofMinutes(150)));
				assertThat(Duration.ofNanos(Parking.nanoTime() - start)).isEqualTo(Duration.ofMinutes(150));
				group.kill(Duration.ofHours(1));
			});
			assertThat(worker.work()).isTrue();
		}
	}

}
