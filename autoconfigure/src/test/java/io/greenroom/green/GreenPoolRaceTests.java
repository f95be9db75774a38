package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Every way a wait or a task can end, raced: no slot is lost and none is invented. */
@Tag("stress")
@Timeout(120)
@CloseSchedulers
class GreenPoolRaceTests {

	private static final int ROUNDS = Rounds.of(20_000);

	private static final Duration LONG = Duration.ofSeconds(60);

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger mostInside = new AtomicInteger();

	@Test
	@DisplayName("P03 many rounds of every end there is, on pools of 1, 2 and 7: never more inside, the pool is whole")
	void permitsAreConserved() throws Exception {
		for (int size : List.of(1, 2, 7)) {
			GreenPool pool = this.scheduler.pool("race").size(size).queueCapacity(16).build();
			this.mostInside.set(0);
			List<Thread> callers = new ArrayList<>();
			for (int caller = 0; caller < 20; caller++) {
				callers.add(Thread.ofVirtual().start(() -> {
					for (int round = 0; round < ROUNDS / 20; round++) {
						oneRound(pool);
					}
				}));
			}
			for (Thread caller : callers) {
				assertThat(caller.join(LONG)).as("%s", pool).isTrue();
			}
			Until.until("the pool to be empty", () -> pool.active() == 0 && pool.queued() == 0);
			assertThat(this.mostInside.get()).isBetween(1, size);
			assertThat(this.inside).hasValue(0);
			List<Slot> all = new ArrayList<>();
			for (int i = 0; i < size; i++) {
				all.add(pool.enter(Duration.ZERO));
			}
			assertThat(pool.free()).isZero();
			all.forEach(Slot::close);
			assertThat(pool.free()).isEqualTo(size);
		}
	}

	private void oneRound(GreenPool pool) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		Duration limit = Duration.ofNanos(random.nextInt(200_000));
		try {
			switch (random.nextInt(9)) {
				case 0 -> {
					try (Slot _ = pool.enter(limit)) {
						work();
					}
				}
				case 1 -> pool.trySpawn(this::work, limit);
				case 2 -> pool.submit(this::work);
				case 3 -> pool.trySpawn(this::work);
				case 4 -> killSoon(pool.submit(this::work));
				case 5 -> {
					Reservation reservation = pool.reserve();
					Thread.yield();
					reservation.cancel();
				}
				case 6 -> killSoon(pool.reserve().start(() -> {
					work();
					return 1;
				}));
				case 7 -> {
					Thread self = Thread.currentThread();
					Thread.ofVirtual().start(self::interrupt);
					try (Slot _ = pool.enter(limit)) {
						work();
					}
				}
				default -> pool.submit(() -> {
					work();
					throw new GreenThreadKilledException("a failing task, without the log line");
				});
			}
		}
		catch (PoolFullException | InterruptedException ex) {
			// Two of the ends there are.
		}
	}

	private static void killSoon(GreenThread<?> task) {
		Thread.ofVirtual().start(task::kill);
	}

	private void work() {
		int now = this.inside.incrementAndGet();
		this.mostInside.accumulateAndGet(now, Math::max);
		Thread.yield();
		this.inside.decrementAndGet();
	}

	@Test
	@DisplayName("P03 a wait whose time ends exactly as the slot comes: the slot is always with somebody")
	void timeoutRacesWithTheGrant() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		int got = 0;
		int rounds = Rounds.of(10_000);
		for (int round = 0; round < rounds; round++) {
			Slot held = pool.enter(Duration.ZERO);
			Reservation reservation = pool.reserve();
			Thread closer = Thread.ofVirtual().start(held::close);
			try (Slot _ = reservation.await(Duration.ofNanos(ThreadLocalRandom.current().nextInt(20_000)))) {
				got++;
				assertThat(pool.active()).isEqualTo(1);
			}
			catch (PoolFullException ex) {
				assertThat(ex.reason()).isEqualTo(PoolFullException.Reason.TIMEOUT);
			}
			closer.join();
			assertThat(pool.free()).isEqualTo(1);
			assertThat(pool.queued()).isZero();
		}
		assertThat(got).as("both ends were seen").isBetween(1, rounds - 1);
	}

	@Test
	@DisplayName("P03 a slot that comes back just as somebody joins the line: nobody waits beside a free slot")
	void returningRacesWithJoining() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		int rounds = Rounds.of(100_000);
		AtomicInteger entered = new AtomicInteger();
		List<Thread> callers = new ArrayList<>();
		for (int caller = 0; caller < 2; caller++) {
			callers.add(Thread.ofPlatform().start(() -> {
				for (int round = 0; round < rounds; round++) {
					spin();
					try (Slot _ = pool.enter(Duration.ofSeconds(10))) {
						entered.incrementAndGet();
						spin();
					}
					catch (InterruptedException | PoolFullException ex) {
						return;
					}
				}
			}));
		}
		for (Thread caller : callers) {
			caller.join(LONG);
		}
		assertThat(entered).hasValue(2 * rounds);
		assertThat(pool.free()).isEqualTo(1);
	}

	/** So that the two meet at every point of their ways. */
	private static void spin() {
		for (int i = ThreadLocalRandom.current().nextInt(40); i > 0; i--) {
			Thread.onSpinWait();
		}
	}

}
