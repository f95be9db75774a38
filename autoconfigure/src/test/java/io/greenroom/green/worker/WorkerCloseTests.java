package io.greenroom.green.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.green.GreenGroup;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenScope;
import io.greenroom.green.GreenTask;
import io.greenroom.green.GreenThread;
import io.greenroom.green.GreenThreadKilledException;
import io.greenroom.green.GreenWait;
import io.greenroom.green.Join;
import io.greenroom.green.Parking;
import io.greenroom.green.TimeoutExpiredException;
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
	@DisplayName("C17 G25 a block that loops over pause() for ever is left when its time is over, and an interrupt alone does not end it")
	void leftAtPause(Worker.Mode mode) {
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenThread<String> spinner = worker.assign(() -> {
				try {
					io.greenroom.green.Timeout.after(Duration.ofHours(1)).run(() -> {
						boolean left = io.greenroom.green.Timeout.after(Duration.ofMillis(1)).tryRun(() -> {
							while (true) {
								worker.pause();
							}
						});
						assertThat(left).isFalse();
						worker.pause();
						Thread.currentThread().interrupt();
						worker.pause();
						assertThat(Thread.interrupted()).isTrue();
						worker.sleep(Duration.ofHours(1).minusMillis(2));
						while (true) {
							worker.pause();
						}
					});
					return "never";
				}
				catch (TimeoutExpiredException expired) {
					return "at " + worker.clock().millis();
				}
			});
			assertThat(worker.work()).isTrue();
			assertThat(spinner.value()).isEqualTo("at 3600000");
			assertThat(Thread.interrupted()).isFalse();
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
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
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

	@ParameterizedTest
	@EnumSource
	@DisplayName("C17 whatever waits for n threads takes its limit once, in the worker's time")
	void everyLimitInWorkersTime(Worker.Mode mode) throws Exception {
		Duration limit = Duration.ofMinutes(150);
		Join within = Join.all().within(limit);
		try (Worker worker = Worker.builder().mode(mode).build()) {
			GreenScheduler scheduler = worker.scheduler();
			GreenPool pool = scheduler.pool("deaf", 5);
			GreenPool closed = scheduler.pool("closed", 5);
			GreenGroup group = scheduler.group();
			worker.wrap(() -> {
				List<GreenThread<Void>> deaf = new ArrayList<>();
				for (int i = 1; i <= 5; i++) {
					GreenTask body = deaf(worker, Duration.ofHours(i));
					deaf.add(scheduler.spawn(body));
					pool.submit(body);
					closed.submit(body);
					group.spawn(body);
				}
				worker.pause();
				assertTakes(limit, () -> scheduler.joinAll(deaf, within));
				assertTakes(limit, () -> scheduler.killAll(deaf, limit));
				assertTakes(limit, () -> GreenWait.any(deaf, 5, limit));
				assertTakes(limit, () -> GreenWait.on(deaf).tryTake(5, limit));
				assertTakes(limit, () -> pool.join(within));
				assertTakes(limit, () -> pool.join(limit));
				assertTakes(limit, () -> group.join(within));
				assertTakes(limit, () -> group.join(limit));
				assertTakes(limit, () -> group.kill(limit));
				assertTakes(limit, () -> closed.kill(limit));
				assertTakes(limit, () -> {
					GreenScope scope = scheduler.scope();
					for (int i = 1; i <= 5; i++) {
						scope.spawn(deaf(worker, Duration.ofHours(i)));
					}
					assertThat(scope.join(limit)).isFalse();
				});
			});
		}
	}

	private static GreenTask deaf(Worker worker, Duration length) {
		return () -> {
			for (int i = 0; i < 1000; i++) {
				try {
					worker.sleep(length);
				}
				catch (InterruptedException deaf) {
					// Once more.
				}
			}
		};
	}

	private static void assertTakes(Duration length, GreenTask wait) throws Exception {
		long start = Parking.nanoTime();
		wait.run();
		assertThat(Duration.ofNanos(Parking.nanoTime() - start)).isEqualTo(length);
	}

}
