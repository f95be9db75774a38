package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class GreenSchedulerTests {

	private static final Duration LONG = Duration.ofSeconds(10);

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder().name("stage").observer(this.observer).build();

	@Test
	void bodiesRunOnNamedVirtualThreads() throws InterruptedException {
		assertThat(this.scheduler.spawn("singer", () -> Thread.currentThread().getName()).get()).isEqualTo("singer");
		assertThat(this.scheduler.spawn(() -> Thread.currentThread().getName()).get()).isEqualTo("stage-1");
		assertThat(this.scheduler.spawn(() -> Thread.currentThread().isVirtual()).get()).isTrue();
	}

	@Test
	@DisplayName("G19 every spawn, start and delayed start is heard once; a thread that never starts is not")
	void spawnsAreHeardOnce() throws InterruptedException {
		this.scheduler.spawn(() -> 1).join();
		GreenThread<Integer> thread = this.scheduler.unstarted(() -> 2);
		thread.start();
		thread.start();
		thread.join();
		this.scheduler.spawnLater(Duration.ZERO, () -> 3).join();
		this.scheduler.unstarted(() -> 4);
		this.scheduler.spawnLater(LONG, () -> 5).kill();
		assertThat(this.observer.spawnedCount()).isEqualTo(3);
	}

	@Test
	@DisplayName("G29 a drain waits for accepted work and for what that still spawns, and rejects everything else")
	void drainWaitsForAcceptedWork() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger done = new AtomicInteger();
		this.scheduler.spawn(() -> {
			release.await();
			this.scheduler.spawn(() -> this.scheduler.spawn(done::incrementAndGet));
		});
		Thread drain = Thread.ofPlatform().start(() -> this.scheduler.drain(LONG));
		awaitRejection();
		assertThat(drain.isAlive()).isTrue();
		release.countDown();
		drain.join();
		assertThat(done).hasValue(1);
		assertThat(this.observer.live()).isZero();
	}

	@Test
	@DisplayName("G29 a 1000 s sleeper does not hold a drain longer than its grace, and is named")
	void drainKillsWhatIsLeft(CapturedOutput output) {
		GreenThread<Void> sleeper = this.scheduler.spawn("sleeper", () -> Thread.sleep(Duration.ofSeconds(1000)));
		long start = System.nanoTime();
		DrainReport report = this.scheduler.drain(Duration.ofMillis(100));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(100), LONG);
		assertThat(report.killed()).containsExactly("sleeper");
		assertThat(report.stuck()).isEmpty();
		assertThat(sleeper.exception()).isInstanceOf(GreenThreadKilledException.class);
		assertThat(output).contains("1 were killed").contains("sleeper");
	}

	@Test
	@DisplayName("G29 a thread that swallows its kill does not hold the drain either, and is named as stuck")
	void drainNamesWhatIsStuck() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> stubborn = this.scheduler.spawn("stubborn", () -> {
			while (release.getCount() > 0) {
				try {
					release.await();
				}
				catch (InterruptedException ex) {
					// deliberate
				}
			}
		});
		DrainReport report = this.scheduler.drain(Duration.ofMillis(10));
		assertThat(report.stuck()).containsExactly("stubborn");
		assertThat(this.observer.live()).isOne();
		release.countDown();
		assertThat(stubborn.join(LONG)).isTrue();
	}

	@Test
	@DisplayName("G29 threads that wait for their time do not hold a drain")
	void drainKillsLateThreads() {
		AtomicInteger runs = new AtomicInteger();
		GreenThread<Integer> late = this.scheduler.spawnLater(Duration.ofHours(1), runs::incrementAndGet);
		DrainReport report = this.scheduler.drain(LONG);
		assertThat(report.killed()).containsExactly(late.name());
		assertThat(late.exception()).isInstanceOf(GreenThreadKilledException.class);
		assertThat(runs).hasValue(0);
	}

	@Test
	@DisplayName("G29 a thread that becomes due while a drain has begun is killed like those that are not due, and is no failure")
	void drainKillsThreadsThatBecomeDue(CapturedOutput output) {
		try (GreenScheduler clock = GreenScheduler.builder().build();
				GreenScheduler drained = GreenScheduler.builder().build()) {
			GreenThread<Integer> late = drained.spawnLater(Duration.ofMillis(200), () -> 1);
			drained.attach(new GreenService() {
				@Override
				public String name() {
					return "slow";
				}

				@Override
				public void stop(Duration grace) throws InterruptedException {
					// Alarms are kept in order, so the other one was due before.
					clock.spawnLater(Duration.ofMillis(250), () -> 2).get();
				}
			});
			DrainReport report = drained.drain(LONG);
			assertThat(report.killed()).containsExactly(late.name());
			assertThat(late.exception()).isInstanceOf(GreenThreadKilledException.class);
			assertThat(output).doesNotContain("nobody waited");
		}
	}

	@Test
	@DisplayName("G29 a drain by a green thread waits for the others and leaves its own caller alone")
	void drainByAGreenThread() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> worker = this.scheduler.spawn("worker", () -> release.await());
		GreenThread<DrainReport> drainer = this.scheduler.spawn("drainer", () -> this.scheduler.drain(LONG));
		awaitRejection();
		release.countDown();
		DrainReport report = drainer.get();
		assertThat(report).isNotNull();
		assertThat(report.killed()).isEmpty();
		assertThat(report.finished()).isPositive();
		assertThat(worker.isSuccessful()).isTrue();
	}

	@Test
	void interruptedDrainKillsAtOnceAndKeepsTheFlag() throws InterruptedException {
		GreenThread<Void> sleeper = this.scheduler.spawn("sleeper", () -> Thread.sleep(Duration.ofSeconds(1000)));
		Thread.currentThread().interrupt();
		this.scheduler.drain(Duration.ofHours(1));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(sleeper.join(LONG)).isTrue();
		assertThat(sleeper.exception()).isInstanceOf(GreenThreadKilledException.class);
	}

	@Test
	void rejectedSpawnIsThrownAndNotLoggedAsUnobserved(CapturedOutput output) {
		this.scheduler.close();
		assertThatExceptionOfType(SchedulerClosedException.class).isThrownBy(() -> this.scheduler.spawn(() -> 1))
			.withMessageContaining("stage");
		assertThatExceptionOfType(SchedulerClosedException.class)
			.isThrownBy(() -> this.scheduler.spawnLater(LONG, () -> 1));
		assertThat(output).doesNotContain("nobody waited");
		assertThat(this.observer.failures()).isEmpty();
		assertThat(this.observer.live()).isZero();
	}

	@Test
	void rejectedThreadIsDeadWithTheRejection() throws InterruptedException {
		GreenThread<Integer> thread = this.scheduler.unstarted(() -> 1);
		this.scheduler.close();
		assertThatExceptionOfType(SchedulerClosedException.class).isThrownBy(thread::start);
		thread.join();
		assertThat(thread.exception()).isInstanceOf(SchedulerClosedException.class);
	}

	@Test
	void servicesAreStoppedBeforeThreadsAreAwaited() {
		CountDownLatch stopped = new CountDownLatch(1);
		this.scheduler.spawn("owner", () -> stopped.await());
		this.scheduler.attach(new GreenService() {

			@Override
			public String name() {
				return "service";
			}

			@Override
			public void stop(Duration grace) {
				stopped.countDown();
			}

		});
		assertThat(this.scheduler.drain(LONG).killed()).isEmpty();
	}

	private void awaitRejection() throws InterruptedException {
		try {
			while (true) {
				this.scheduler.spawn(() -> "accepted").join();
			}
		}
		catch (SchedulerClosedException rejected) {
			assertThat(rejected).hasMessageContaining("stage");
		}
	}

}
