package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.observe.ContextCarrier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** How bodies follow each other on a green thread. */
class TrampolineTests {

	@RegisterExtension
	final Machines machines = new Machines();

	static class Clock {

		final Set<GreenThread<?>> threads = ConcurrentHashMap.newKeySet();

		final CountDownLatch ticked = new CountDownLatch(1000);

		@State(initial = true, transitionsTo = "tock")
		void tick() {
			this.threads.add(Objects.requireNonNull(GreenThread.current()));
			this.ticked.countDown();
			tock();
		}

		@State(transitionsTo = "tick")
		void tock() {
			this.threads.add(Objects.requireNonNull(GreenThread.current()));
			tick();
		}

	}

	@Test
	@DisplayName("S03 a machine that moves itself needs one thread, with the machine's name")
	void oneThread() throws Exception {
		Clock clock = this.machines.create(Clock.class);
		clock.tick();
		assertThat(clock.ticked.await(20, TimeUnit.SECONDS)).isTrue();
		StateMachine machine = this.machines.of(clock);
		machine.stop();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(clock.threads).singleElement().extracting(GreenThread::name).isEqualTo(machine.name());
	}

	@Test
	@DisplayName("S03 machines that move without end, more than there are carriers, let others run")
	void restlessMachines() throws Exception {
		List<Clock> clocks = new ArrayList<>();
		for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
			Clock clock = this.machines.create(Clock.class);
			clock.tick();
			clocks.add(clock);
		}
		for (Clock clock : clocks) {
			assertThat(clock.ticked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		for (int i = 0; i < 20; i++) {
			assertThat(this.machines.scheduler.spawn(() -> "ran").get(Machines.LONG)).isEqualTo("ran");
		}
		for (Clock clock : clocks) {
			this.machines.of(clock).stop();
			assertThat(Machines.ended(this.machines.of(clock))).isTrue();
		}
	}

	static class Halting extends Clock {

		final CountDownLatch halted = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		private int moves;

		@Override
		@State(initial = true, transitionsTo = "tock")
		void tick() {
			if (++this.moves == 200_000) {
				this.halted.countDown();
				await(this.goOn);
			}
			super.ticked.countDown();
			tock();
		}

		private static void await(CountDownLatch latch) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@Test
	@DisplayName("S03 restless machines whose bodies come to block in their turn do not hold the others up")
	void haltingMachines() throws Exception {
		List<Halting> halting = new ArrayList<>();
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
			Halting machine = this.machines.create(Halting.class);
			machine.tick();
			halting.add(machine);
		}
		for (Halting machine : halting) {
			assertThat(machine.halted.await(20, TimeUnit.SECONDS)).isTrue();
		}
		restlessMachines();
		halting.forEach((machine) -> machine.goOn.countDown());
		for (Halting machine : halting) {
			this.machines.of(machine).stop();
			assertThat(Machines.ended(this.machines.of(machine))).isTrue();
		}
	}

	static class Slow {

		@State(initial = true, transitionsTo = "tock")
		void tick() {
			compute();
			tock();
		}

		@State(transitionsTo = "tick")
		void tock() {
			compute();
			tick();
		}

		/** Takes 5 ms in which its carrier can do nothing else. */
		private static void compute() {
			long end = System.nanoTime() + 5_000_000;
			while (System.nanoTime() < end) {
				Thread.onSpinWait();
			}
		}

	}

	@Test
	@DisplayName("S03 machines whose bodies compute and that move without end let others run after some milliseconds, not after some thousand moves")
	void slowRestlessMachines() throws Exception {
		List<Slow> restless = new ArrayList<>();
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
			Slow slow = this.machines.create(Slow.class);
			slow.tick();
			restless.add(slow);
		}
		// 4096 moves take 20 s.
		assertThat(this.machines.scheduler.spawn(() -> "ran").get(Duration.ofSeconds(10))).isEqualTo("ran");
		for (Slow slow : restless) {
			this.machines.of(slow).stop();
			assertThat(Machines.ended(this.machines.of(slow))).isTrue();
		}
	}

	@Test
	@DisplayName("S28 a machine that moves without end ends with the scheduler")
	void restlessAtTheEnd() throws Exception {
		Clock clock = this.machines.create(Clock.class);
		clock.tick();
		assertThat(clock.ticked.await(20, TimeUnit.SECONDS)).isTrue();
		this.machines.scheduler.close();
		StateMachine machine = this.machines.of(clock);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
	}

	static class Stubborn {

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch interrupted = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		volatile GreenThread<?> first;

		volatile GreenThread<?> second;

		volatile boolean unharmed;

		@State(initial = true, transitionsTo = "next")
		void clinging() {
			this.first = Objects.requireNonNull(GreenThread.current());
			this.inside.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException makeWay) {
				this.interrupted.countDown();
			}
			awaitWhateverHappens(this.goOn);
		}

		@State
		void next() throws InterruptedException {
			this.second = Objects.requireNonNull(GreenThread.current());
			Thread.sleep(Duration.ofNanos(1));
			this.unharmed = true;
		}

		private static void awaitWhateverHappens(CountDownLatch latch) {
			while (latch.getCount() > 0) {
				try {
					latch.await();
				}
				catch (InterruptedException again) {
					// Not what it waits for.
				}
			}
		}

	}

	@Test
	@DisplayName("S10 a kill of the thread ends the body it hits, and not the one that has been asked for since")
	void killedOnTheWay() throws Exception {
		Stubborn stubborn = this.machines.create(Stubborn.class);
		stubborn.clinging();
		stubborn.inside.await();
		StateMachine machine = this.machines.of(stubborn);
		stubborn.next();
		stubborn.interrupted.await();
		stubborn.first.kill();
		stubborn.goOn.countDown();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
		assertThat(stubborn.unharmed).isTrue();
		assertThat(stubborn.second).isNotSameAs(stubborn.first);
	}

	@Test
	@DisplayName("S28 a kill of the thread during a shutdown ends its machine, whatever it has been asked for since")
	void killedInAShutdown() throws Exception {
		Stubborn stubborn = this.machines.create(Stubborn.class);
		stubborn.clinging();
		stubborn.inside.await();
		StateMachine machine = this.machines.of(stubborn);
		stubborn.next();
		stubborn.interrupted.await();
		Thread drain = Thread.startVirtualThread(() -> this.machines.scheduler.drain(Machines.LONG));
		while (!this.machines.states.isClosed()) {
			assertThat(drain.isAlive()).isTrue();
			Thread.yield();
		}
		stubborn.first.kill();
		stubborn.goOn.countDown();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		assertThat(stubborn.second).isNull();
		assertThat(drain.join(Machines.LONG)).isTrue();
	}

	static class Relayed {

		volatile boolean ran;

		@State(initial = true, transitionsTo = "next")
		void first() {
			throw new AssertionError("ran without a thread");
		}

		@State
		void next() {
			this.ran = true;
		}

	}

	@Test
	@DisplayName("S10 a move from outside that comes while a body can't be started takes place all the same")
	void rejectedStart() throws Exception {
		AtomicReference<@Nullable Runnable> atStart = new AtomicReference<>();
		ContextCarrier carrier = () -> {
			Runnable once = atStart.getAndSet(null);
			if (once != null) {
				once.run();
			}
			return ContextCarrier.Snapshot.EMPTY;
		};
		try (GreenScheduler scheduler = GreenScheduler.builder().contextCarrier(carrier).build()) {
			StateMachines states = StateMachines.builder(scheduler).build();
			Relayed relayed = states.create(Relayed.class);
			atStart.set(() -> {
				CompletableFuture.runAsync(relayed::next).join();
				throw new IllegalStateException("no thread to be had");
			});
			assertThatIllegalStateException().isThrownBy(relayed::first).withMessage("no thread to be had");
			assertThat(Machines.ended(states.of(relayed))).isTrue();
			assertThat(states.of(relayed).status()).isEqualTo(StateMachine.Status.DONE);
			assertThat(relayed.ran).isTrue();
		}
	}

}
