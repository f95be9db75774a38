package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import io.greenroom.testkit.Unusual;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

/** Timers, and what is done when they are due. */
@Timeout(60)
@CloseSchedulers
class GreenTimerTests {

	private static final Duration SHORT = Duration.ofMillis(10);

	private final CountDownLatch blocked = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private final ThreadShortage engine = new ThreadShortage();

	private final GreenScheduler scheduler = this.engine.on(GreenScheduler.builder())
		.drainTimeout(Duration.ofSeconds(2))
		.build();

	@AfterEach
	void close() {
		this.release.countDown();
	}

	private void block() {
		this.blocked.countDown();
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	@DisplayName("F04 an inspection that blocks for ever delays no timer and no inspection of others")
	void blockingInspection() throws Exception {
		Inspected blocking = attach("blocking", SHORT, this::block);
		Inspected other = attach("other", SHORT, () -> {
		});
		this.blocked.await();
		int before = other.count();
		until("the other to be inspected again and again", () -> other.count() >= before + 5);
		assertThat(this.scheduler.spawnLater(SHORT, () -> 1).get(Duration.ofSeconds(10))).isEqualTo(1);
		assertThat(io.greenroom.green.Timeout.after(SHORT).tryRun(() -> this.release.await())).isFalse();
		assertThat(blocking.count()).as("never inspected twice at once").isEqualTo(1);
	}

	@Test
	@DisplayName("F04 an inspection that throws anything ends no inspection, not even its own")
	void failingInspection() {
		for (Unusual each : Unusual.values()) {
			Inspected failing = attach(each.name(), SHORT, each::raise);
			until(each + " to be inspected again", () -> failing.count() >= 3);
			this.scheduler.detach(failing);
		}
	}

	@Test
	@DisplayName("F04 an alarm that is kept by what it does, or fails in any way, delays no other")
	void keptAlarm() {
		Blocking.alarm(1, this::block);
		until("the first alarm to be at work", () -> this.blocked.getCount() == 0);
		AtomicInteger rung = new AtomicInteger();
		for (Unusual each : Unusual.values()) {
			Blocking.alarm(1, each::raise);
			Blocking.alarm(1, rung::incrementAndGet);
		}
		until("all others to ring", () -> rung.get() == Unusual.values().length);
		assertThat(this.release.getCount()).isEqualTo(1);
	}

	@Test
	@DisplayName("F04 a listener that blocks when a thread begins delays no other timer")
	void blockingListener() throws Exception {
		Observer observer = new Observer() {
			@Override
			public ThreadListener threads(String name, ThreadGauges gauges) {
				return new ThreadListener() {
					@Override
					public void spawned() {
						block();
					}
				};
			}
		};
		try (GreenScheduler told = GreenScheduler.builder().observer(observer).drainTimeout(SHORT).build()) {
			told.spawnLater(Duration.ZERO, () -> 1);
			this.blocked.await();
			assertThat(this.scheduler.spawnLater(SHORT, () -> 1).get(Duration.ofSeconds(10))).isEqualTo(1);
			this.release.countDown();
		}
	}

	@Test
	@DisplayName("F04 alarms that are cancelled while they are due, and by many threads, are done at most once and forgotten")
	void cancelledAlarms() throws Exception {
		long before = Blocking.alarms();
		List<Thread> setters = new ArrayList<>();
		AtomicInteger kept = new AtomicInteger();
		AtomicInteger rung = new AtomicInteger();
		for (int i = 0; i < 4; i++) {
			setters.add(Thread.ofPlatform().start(() -> {
				for (int round = 0; round < Rounds.of(20_000); round++) {
					Runnable cancel = Blocking.alarm((round % 50) * 1_000L, rung::incrementAndGet);
					if (round % 2 == 0) {
						cancel.run();
						cancel.run();
					}
					else {
						kept.incrementAndGet();
					}
				}
			}));
		}
		Until.ended(setters);
		until("those kept to ring", () -> rung.get() >= kept.get());
		// Schedulers that other tests have left open set a few.
		until("all to be forgotten", () -> Blocking.alarms() <= before + 10);
	}

	@Test
	@DisplayName("F06 an alarm that is set for longer than can be told never rings, and stops no other")
	void endlessAlarm() {
		AtomicInteger rung = new AtomicInteger();
		Runnable cancel = Blocking.alarm(Long.MAX_VALUE, () -> rung.addAndGet(1000));
		Blocking.alarm(1, rung::incrementAndGet);
		until("the short one to ring", () -> rung.get() > 0);
		cancel.run();
		assertThat(rung).hasValue(1);
	}

	@Test
	@DisplayName("F10 one service that wants to be looked at often has no other looked at")
	void ownPace() {
		Inspected often = attach("often", SHORT, () -> {
		});
		List<Inspected> idle = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			idle.add(attach("idle-" + i, Duration.ofHours(1), () -> {
			}));
		}
		until("the first to be inspected", () -> often.count() >= 20);
		assertThat(idle).allMatch((service) -> service.count() == 0);
	}

	@Test
	@DisplayName("F10 a scheduler without services to look at sets no timer")
	void noTimerAtRest() {
		Inspected often = attach("often", SHORT, () -> {
		});
		until("it to be inspected", () -> often.count() >= 3);
		this.scheduler.detach(often);
		until("the timer to be gone", () -> this.engine.scheduled() == 0);
	}

	@Test
	@DisplayName("F10 a service at rest is not looked at and sets no timer, until it is woken")
	void noLookAtRest() {
		Inspected resting = attach("resting", SHORT, () -> {
		});
		until("it to be inspected", () -> resting.count() >= 3);
		resting.atRest = true;
		until("the timer to be gone", () -> this.engine.scheduled() == 0);
		int before = resting.count();
		resting.atRest = false;
		this.scheduler.retain(resting);
		until("it to be inspected again", () -> resting.count() >= before + 3);
	}

	private Inspected attach(String name, Duration pause, Runnable look) {
		Inspected service = new Inspected(name, pause, look);
		this.scheduler.attach(service);
		return service;
	}

	private static final class Inspected implements GreenService {

		private final String name;

		private final Duration pause;

		private final Runnable look;

		private volatile boolean atRest;

		private final AtomicInteger looks = new AtomicInteger();

		Inspected(String name, Duration pause, Runnable look) {
			this.name = name;
			this.pause = pause;
			this.look = look;
		}

		int count() {
			return this.looks.get();
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public void stop(Duration grace) {
			// Nothing to end.
		}

		@Override
		public Duration inspection() {
			return this.pause;
		}

		@Override
		public boolean isAtRest() {
			return this.atRest;
		}

		@Override
		public void inspect() {
			this.looks.incrementAndGet();
			this.look.run();
		}

	}

}
