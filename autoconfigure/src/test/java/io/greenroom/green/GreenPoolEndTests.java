package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.observe.ContextCarrier;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Rounds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** How a pool's work is waited for, killed and closed. */
@Timeout(60)
@CloseSchedulers
class GreenPoolEndTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofMillis(200)).build();

	private final GreenPool pool = this.scheduler.pool("two", 2);

	private final CountDownLatch gate = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.gate.countDown();
	}

	@Test
	@DisplayName("P20 join with raise after a member failed earlier still raises, once")
	void joinRaisesWhatFailedEarlier() throws Exception {
		IllegalStateException failure = new IllegalStateException("earlier");
		GreenThread<Void> failed = this.pool.submit(() -> {
			throw failure;
		});
		assertThat(failed.join(LONG)).isTrue();
		this.pool.join();
		assertThatIllegalStateException().isThrownBy(() -> this.pool.join(Join.all().raising())).isSameAs(failure);
		assertThat(this.pool.join(Join.all().raising())).isTrue();
	}

	@Test
	@DisplayName("P20 a failure raises while others still run; killingOthers ends those first, in line too")
	void joinRaisesAtOnce() throws Exception {
		CountDownLatch fail = new CountDownLatch(1);
		GreenThread<Void> running = this.pool.submit(() -> this.gate.await());
		this.pool.submit(() -> {
			fail.await();
			throw new IllegalStateException("now");
		});
		GreenThread<Void> next = this.pool.submit(() -> this.gate.await());
		GreenThread<Void> waiting = this.pool.submit(() -> this.gate.await());
		fail.countDown();
		assertThatIllegalStateException().isThrownBy(() -> this.pool.join(Join.all().raising())).withMessage("now");
		assertThat(running.isDone() || waiting.isDone()).isFalse();
		until("the slot was handed on", next::isStarted);
		next.kill(new IllegalStateException("another"));
		assertThatIllegalStateException().isThrownBy(() -> this.pool.join(Join.all().killingOthers()))
			.withMessage("another");
		assertThat(running.isDone() && waiting.isDone()).isTrue();
		assertThat(this.pool.join(Join.all().raising())).as("the kills were ours").isTrue();
		assertThat(this.pool.free()).isEqualTo(2);
	}

	@Test
	@DisplayName("P20 join counts ends, ends in time, and rejects a member")
	void joinCountsAndEndsInTime() throws Exception {
		assertThat(this.pool.join(Join.all().within(Duration.ZERO))).isTrue();
		GreenThread<Void> holder = this.pool.submit(() -> this.gate.await());
		assertThat(this.pool.join(Join.all().within(Duration.ofMillis(20)))).isFalse();
		GreenThread<Boolean> joiner = this.scheduler.spawn(() -> this.pool.join(Join.first(2)));
		until("it waits",
				() -> joiner.carrier() != null && LockSupport.getBlocker(joiner.carrier()) instanceof PoolCompletions);
		this.pool.apply(() -> 1);
		assertThat(joiner.isDone()).isFalse();
		this.pool.apply(() -> 2);
		assertThat(joiner.get(LONG)).isTrue();
		assertThat(holder.isDone()).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> this.pool.apply(() -> {
			this.pool.join();
			return 1;
		})).withMessageContaining("ask from outside the pool");
	}

	@Test
	@DisplayName("P20 10 000 joins race with the last end: none is missed")
	void joinRacesWithTheEnd() throws Exception {
		for (int round = 0; round < Rounds.of(10_000); round++) {
			this.pool.submit(Thread::yield);
			GreenThread<Void> task = this.pool.submit(() -> {
			});
			assertThat(this.pool.join(Join.all().within(LONG))).isTrue();
			assertThat(task.join(LONG)).isTrue();
			assertThat(this.pool.active()).isZero();
		}
	}

	@Test
	@DisplayName("P17 kill ends every task once, tells blocked producers, and nothing new starts")
	void kill() throws Exception {
		AtomicInteger interrupts = new AtomicInteger();
		AtomicInteger ends = new AtomicInteger();
		CountDownLatch running = new CountDownLatch(2);
		List<GreenThread<Void>> tasks = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			GreenThread<Void> task = this.pool.submit(() -> {
				running.countDown();
				try {
					this.gate.await();
				}
				catch (InterruptedException ex) {
					interrupts.incrementAndGet();
					throw ex;
				}
			});
			task.link((_) -> ends.incrementAndGet());
			tasks.add(task);
		}
		running.await();
		GreenThread<Void> producer = this.scheduler.spawn(() -> {
			this.pool.spawn(() -> 1);
		});
		GreenThread<Void> entering = this.scheduler.spawn(() -> this.pool.enter(LONG).close());
		until("both wait", () -> this.pool.queued() == 5);
		assertThat(this.pool.kill(LONG)).isTrue();
		assertThat(tasks).allMatch(GreenThread::isDone);
		until("all links were called", () -> ends.get() == 5);
		assertThat(interrupts).hasValue(2);
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> producer.get(LONG));
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> entering.get(LONG));
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> this.pool.submit(() -> 1));
		assertThat(this.pool.free()).isEqualTo(2);
		assertThat(this.pool.kill(LONG)).isTrue();
		assertThat(this.pool.join(Join.all().raising())).as("the kills were ours").isTrue();
	}

	@Test
	@DisplayName("P17 a task that ignores the kill is returned at the limit; a negative limit kills nobody")
	void stuckTasksAreReturned() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		GreenThread<Void> stuck = this.pool.submit(() -> {
			inside.countDown();
			while (this.gate.getCount() > 0) {
				Thread.onSpinWait();
				Thread.yield();
			}
		});
		inside.await();
		assertThatIllegalArgumentException().isThrownBy(() -> this.pool.kill(Duration.ofMillis(-1)));
		assertThatIllegalStateException().isThrownBy(() -> this.pool.apply(() -> this.pool.kill(LONG)));
		assertThat(this.pool.<Integer>apply(() -> 1)).isEqualTo(1);
		assertThat(this.pool.kill(Duration.ofMillis(20))).isFalse();
		assertThat(this.pool.members()).hasSize(1).first().isSameAs(stuck);
	}

	@Test
	@DisplayName("P17 a kill races with submit, spawn and map: 10 000 pools, after it nothing starts and nobody hangs")
	void killRaces() throws Exception {
		for (int round = 0; round < Rounds.of(10_000); round++) {
			GreenPool victim = this.scheduler.pool("victim", 1);
			AtomicBoolean over = new AtomicBoolean();
			AtomicInteger late = new AtomicInteger();
			GreenTask body = () -> {
				if (over.get()) {
					late.incrementAndGet();
				}
			};
			GreenThread<Void> producer = this.scheduler.spawn(() -> {
				try {
					for (int i = 0; i < 100; i++) {
						victim.submit(body);
						victim.spawn(body);
						victim.map(List.of(1), (_) -> {
							body.run();
							return 1;
						});
					}
				}
				catch (PoolClosedException | GreenThreadKilledException | InterruptedException ended) {
					// As it should be.
				}
			});
			assertThat(victim.kill(LONG)).isTrue();
			over.set(true);
			assertThat(producer.join(LONG)).isTrue();
			assertThat(late).hasValue(0);
			assertThat(victim.free()).isEqualTo(1);
			assertThat(victim.queued()).isZero();
		}
	}

	@Test
	@DisplayName("P23 close rejects afterwards and leaves nothing running")
	void closeLeavesNothingRunning() throws Exception {
		GreenThread<Void> endless = this.pool.submit(() -> this.gate.await());
		GreenThread<Integer> quick = this.pool.submit(() -> 1);
		this.pool.close();
		assertThat(quick.get(LONG)).isEqualTo(1);
		assertThat(endless.exception()).isInstanceOf(GreenThreadKilledException.class);
		assertThat(this.pool.free()).isEqualTo(2);
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> this.pool.spawn(() -> 1));
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> this.pool.trySpawn(() -> 1));
		this.pool.close();
		GreenPool own = this.scheduler.pool("own", 1);
		assertThatIllegalStateException().isThrownBy(() -> own.apply(() -> {
			own.close();
			return 1;
		}));
	}

	@Test
	@DisplayName("P03 a context that can't be captured costs no slot, nor place")
	void failingContextCapture() throws Exception {
		AtomicBoolean broken = new AtomicBoolean();
		ContextCarrier carrier = () -> {
			if (broken.get()) {
				throw new IllegalStateException("no context");
			}
			return ContextCarrier.Snapshot.EMPTY;
		};
		try (GreenScheduler other = GreenScheduler.builder().contextCarrier(carrier).build()) {
			GreenPool one = other.pool("one", 1);
			broken.set(true);
			assertThatIllegalStateException().isThrownBy(() -> one.submit(() -> 1));
			assertThatIllegalStateException().isThrownBy(() -> one.spawn(() -> 1));
			assertThatIllegalStateException().isThrownBy(() -> one.map(List.of(1), (item) -> item));
			Reservation held = one.reserve();
			assertThatIllegalStateException().isThrownBy(() -> one.submit(() -> 1));
			held.cancel();
			assertThat(one.free()).isEqualTo(1);
			assertThat(one.queued()).isZero();
		}
	}

}
