package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A pool that is killed, or whose task cannot start, in the middle of a start. */
@Timeout(60)
@CloseSchedulers
class PoolKillTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final HookedEngine engine = new HookedEngine();

	private volatile Runnable whenGiven = () -> {
	};

	private volatile Runnable whenSpawned = () -> {
	};

	private final GreenScheduler scheduler = GreenScheduler.builder().engine(this.engine).observer(new Observer() {

		@Override
		public ThreadListener threads(String name, ThreadGauges threads) {
			return new ThreadListener() {

				@Override
				public void spawned() {
					PoolKillTests.this.whenSpawned.run();
				}

			};
		}

		@Override
		public PoolListener pool(String pool, PoolGauges gauges) {
			return new PoolListener() {

				@Override
				public void started(Duration waited) {
					PoolKillTests.this.whenGiven.run();
				}

			};
		}

	}).build();

	private final GreenPool pool = this.scheduler.pool("one", 1);

	private final CountDownLatch gate = new CountDownLatch(1);

	@AfterEach
	void open() {
		this.gate.countDown();
	}

	private void killOnce() {
		AtomicBoolean done = new AtomicBoolean();
		Runnable kill = () -> {
			if (done.compareAndSet(false, true)) {
				this.pool.kill();
			}
		};
		this.engine.beforeStart = kill;
		this.whenGiven = kill;
	}

	@Test
	@DisplayName("P17 a task that starts while its pool is killed is killed too")
	void aTaskThatStartsIsKilled() throws Exception {
		this.engine.beforeStart = () -> {
			this.engine.beforeStart = () -> {
			};
			this.pool.kill();
		};
		GreenThread<Void> task = this.pool.submit(() -> this.gate.await());
		assertThat(task.join(LONG)).as("the task has ended").isTrue();
		assertThat(task.isSuccessful()).isFalse();
		assertThat(this.pool.active()).isZero();
	}

	@Test
	@DisplayName("P17 a producer that gets its slot as the pool is killed is told, and starts nothing")
	void noTaskStartsAfterTheKill() throws Exception {
		Slot slot = this.pool.enter(Duration.ZERO);
		CountDownLatch outcome = new CountDownLatch(1);
		AtomicBoolean rejected = new AtomicBoolean();
		Thread producer = Thread.ofPlatform().start(() -> {
			try {
				this.pool.spawn(() -> this.gate.await());
			}
			catch (PoolClosedException closed) {
				rejected.set(true);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			outcome.countDown();
		});
		Until.waiting(producer);
		killOnce();
		slot.close();
		assertThat(outcome.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(rejected).isTrue();
		assertThat(this.pool.active()).isZero();
	}

	@Test
	@DisplayName("P23 a place that is taken while the pool closes is given up, and its caller is told")
	void aPlaceTakenDuringTheCloseIsGivenUp() {
		killOnce();
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> this.pool.enter(Duration.ZERO));
		assertThat(this.pool.active()).isZero();
		assertThat(this.pool.queued()).isZero();
	}

	@Test
	@DisplayName("P17 F09 a task that is killed by a listener while it starts returns its slot, at once and in line")
	void aTaskKilledWhileItStartsReturnsItsSlot() throws Exception {
		this.whenSpawned = () -> this.pool.members().forEach(GreenThread::kill);
		GreenThread<Void> task = this.pool.submit(() -> this.gate.await());
		assertThat(task.join(LONG)).isTrue();
		assertThat(this.pool.active()).isZero();
		this.whenSpawned = () -> {
		};
		CountDownLatch held = new CountDownLatch(1);
		this.pool.submit(() -> held.await());
		GreenThread<Void> inLine = this.pool.submit(() -> this.gate.await());
		GreenThread<String> next = this.pool.submit(() -> "ran");
		this.whenSpawned = () -> {
			this.whenSpawned = () -> {
			};
			inLine.kill();
		};
		held.countDown();
		assertThat(inLine.join(LONG)).isTrue();
		assertThat(next.get(LONG)).isEqualTo("ran");
	}

	@Test
	@DisplayName("P03 the slot that comes to a waiting task which can't start goes to the next")
	void theSlotOfATaskThatCannotStartIsHandedOn() throws Exception {
		CountDownLatch held = new CountDownLatch(1);
		this.pool.submit(() -> held.await());
		GreenThread<Void> unlucky = this.pool.submit(() -> this.gate.await());
		GreenThread<String> next = this.pool.submit(() -> "ran");
		this.engine.beforeStart = () -> {
			this.engine.beforeStart = () -> {
			};
			throw new OutOfMemoryError("unable to create native thread");
		};
		held.countDown();
		assertThat(unlucky.join(LONG)).isTrue();
		assertThat(unlucky.exception()).isInstanceOf(OutOfMemoryError.class);
		assertThat(next.get(LONG)).isEqualTo("ran");
		this.pool.join();
		assertThat(this.pool.active()).isZero();
	}

}
