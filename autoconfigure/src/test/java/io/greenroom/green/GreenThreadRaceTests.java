package io.greenroom.green;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import io.greenroom.testkit.Race;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class GreenThreadRaceTests {

	private static final int ROUNDS = Rounds.of(10_000);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder().name("race").observer(this.observer).build();

	@AfterEach
	void nobodyIsLeft() {
		DrainReport report = this.scheduler.drain(SECOND);
		assertThat(report.killed()).isEmpty();
		assertThat(report.stuck()).isEmpty();
		assertThat(this.observer.live()).isZero();
	}

	@Test
	@DisplayName("G04 G06 start, kill and join race: one end, links once, no hang, no interrupt left, nobody left alive")
	void startKillJoin() throws Exception {
		Race.run(ROUNDS, (number) -> {
			AtomicInteger runs = new AtomicInteger();
			AtomicInteger links = new AtomicInteger();
			AtomicBoolean interrupted = new AtomicBoolean();
			CountDownLatch never = new CountDownLatch((number % 2 == 0) ? 1 : 0);
			GreenThread<Integer> thread = this.scheduler.unstarted(() -> {
				never.await();
				return runs.incrementAndGet();
			});
			for (int i = 0; i < 3; i++) {
				thread.link((ended) -> {
					links.incrementAndGet();
					interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
				});
			}
			CountDownLatch last = new CountDownLatch(1);
			thread.link((ended) -> last.countDown());
			return new Race.Round(List.of(thread::start, thread::kill, thread::join), () -> {
				last.await();
				assertThat(thread.isDone()).isTrue();
				assertThat(links).hasValue(3);
				assertThat(interrupted).isFalse();
				assertThat(runs.get()).isEqualTo(thread.isSuccessful() ? 1 : 0);
			});
		});
		this.scheduler.drain(SECOND);
		assertThat(this.observer.live()).isZero();
	}

	@Test
	@DisplayName("G03 starts race with each other: one run")
	void startStart() throws Exception {
		Race.run(ROUNDS, (number) -> {
			AtomicInteger runs = new AtomicInteger();
			GreenThread<Integer> thread = this.scheduler.unstarted(runs::incrementAndGet);
			return new Race.Round(List.of(thread::start, thread::start, thread::join),
					() -> assertThat(runs).hasValue(1));
		});
		assertThat(this.observer.spawnedCount()).isEqualTo(ROUNDS);
	}

	@Test
	@DisplayName("G13 G15 waits that give up and links taken back race with the end: the others are all told, once")
	void givingUpRacesWithTheEnd() throws Exception {
		Race.run(ROUNDS, (number) -> {
			SplittableRandom random = new SplittableRandom(number);
			AtomicIntegerArray told = new AtomicIntegerArray(8);
			CountDownLatch release = new CountDownLatch(1);
			GreenThread<Void> thread = this.scheduler.spawn(() -> release.await());
			GreenThread.Link[] links = new GreenThread.Link[8];
			for (int i = 0; i < links.length; i++) {
				int index = i;
				links[i] = thread.link((ended) -> told.incrementAndGet(index));
			}
			CountDownLatch last = new CountDownLatch(1);
			thread.link((ended) -> last.countDown());
			Duration soon = Duration.ofNanos(random.nextInt(1, 50_000));
			return new Race.Round(List.of(release::countDown, () -> thread.join(soon), thread::join, () -> {
				for (int i = 0; i < links.length; i += 2) {
					links[i].remove();
				}
			}), () -> {
				last.await();
				for (int i = 0; i < links.length; i++) {
					assertThat(told.get(i)).isBetween(i % 2, 1);
				}
			});
		});
	}

	@Test
	@DisplayName("G02 a failure that a joining green thread has waited for is never reported as unobserved")
	void joinedFailuresAreObserved() throws Exception {
		GreenThread<Void> joiner = this.scheduler.spawn(() -> {
			for (int i = 0; i < ROUNDS; i++) {
				CountDownLatch joining = new CountDownLatch(1);
				GreenThread<Void> failing = this.scheduler.unstarted(() -> {
					joining.await();
					throw new IllegalStateException("joined");
				});
				failing.start();
				// Nobody else can let it fail: it does when this thread has given way.
				GreenThread<Void> opener = this.scheduler.unstarted(() -> {
					Until.until("somebody to wait", () -> failing.isAwaited());
					joining.countDown();
					return null;
				});
				opener.start();
				failing.join();
				opener.join();
			}
		});
		joiner.get();
		this.scheduler.drain(SECOND);
		assertThat(this.observer.failures()).isEmpty();
	}

	@Test
	@DisplayName("G29 a drain races with spawns, now and for later: every thread ends or is rejected, and the drain ends")
	void drainRacesWithSpawns() throws Exception {
		Race.run(Rounds.of(1000), (number) -> {
			CountingObserver observer = new CountingObserver();
			GreenScheduler own = GreenScheduler.builder().name("own").observer(observer).build();
			AtomicInteger accepted = new AtomicInteger();
			AtomicInteger ended = new AtomicInteger();
			return new Race.Round(List.of(() -> own.drain(SECOND), () -> {
				try {
					while (true) {
						own.spawn(() -> 1).link((thread) -> ended.incrementAndGet());
						accepted.incrementAndGet();
					}
				}
				catch (SchedulerClosedException rejected) {
					assertThat(rejected).hasMessageContaining("own");
				}
			}, () -> {
				try {
					while (true) {
						own.spawnLater(Duration.ofHours(1), () -> 1).link((thread) -> ended.incrementAndGet());
						accepted.incrementAndGet();
					}
				}
				catch (SchedulerClosedException rejected) {
					assertThat(rejected).hasMessageContaining("own");
				}
			}), () -> {
				// Links run when a thread's outcome is out, which is all the drain waits
				// for.
				long start = System.nanoTime();
				while (ended.get() < accepted.get() && System.nanoTime() - start < SECOND.toNanos()) {
					Thread.onSpinWait();
				}
				assertThat(ended.get()).isEqualTo(accepted.get());
				assertThat(observer.live()).isZero();
			});
		});
	}

}
