package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.testkit.Rounds;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Moves from outside, onStart, timeouts, stop and the handle. */
@Timeout(60)
class StateMoveTests {

	@RegisterExtension
	final Machines machines = new Machines();

	@Test
	@DisplayName("S10 an illegal move from outside is rejected to the issuer, and the body goes on")
	void illegalFromOutside() throws Exception {
		Holding holding = this.machines.create(Holding.class);
		holding.held();
		holding.inside.await();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(holding::last)
			.withMessageContainingAll("'held'", "'last'", "[next, held]");
		StateMachine machine = this.machines.of(holding);
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RUNNING);
		holding.release.countDown();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(holding.log).containsExactly("released");
	}

	@Test
	@DisplayName("S10 a legal move from outside interrupts the body and starts the next one when it has ended")
	void legalFromOutside() throws Exception {
		Holding holding = this.machines.create(Holding.class);
		holding.held();
		holding.inside.await();
		holding.next();
		StateMachine machine = this.machines.of(holding);
		assertThat(machine.awaitState("next", Machines.LONG)).isTrue();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(holding.log).containsExactly("interrupted", "nextfalse");
		assertThat(machine.exception()).isNull();
	}

	@Test
	@DisplayName("S10 a body that does not end within the stop timeout fails the move, is reported, and the state stays")
	void stubbornBody() throws Exception {
		CountDownLatch reported = new CountDownLatch(1);
		StateMachines impatient = this.machines.with().stopTimeout(Duration.ofMillis(50)).listener(new StateListener() {
			@Override
			public void abandoned(StateMachine machine, String from, String to) {
				if (from.equals("held") && to.equals("next")) {
					reported.countDown();
				}
			}
		}).build();
		Holding holding = impatient.create(Holding.class);
		holding.stubborn = true;
		holding.held();
		holding.inside.await();
		holding.next();
		assertThat(reported.await(20, TimeUnit.SECONDS)).isTrue();
		StateMachine machine = impatient.of(holding);
		assertThat(machine.current()).isEqualTo("held");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RUNNING);
		holding.release.countDown();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(holding.log).containsExactly("interrupted", "released");
		assertThat(machine.current()).isEqualTo("held");
	}

	/** Notices two bodies at once. */
	static class Busy {

		final AtomicInteger bodies = new AtomicInteger();

		final AtomicInteger clashes = new AtomicInteger();

		@State(transitionsTo = { "right", "up" })
		void left() {
			work();
		}

		@State(transitionsTo = { "left", "up" })
		void right() {
			work();
			if (ThreadLocalRandom.current().nextInt(4) == 0) {
				left();
			}
		}

		@State(transitionsTo = { "left", "right", "up" })
		void up() {
			work();
		}

		private void work() {
			if (this.bodies.incrementAndGet() != 1) {
				this.clashes.incrementAndGet();
			}
			if (ThreadLocalRandom.current().nextBoolean()) {
				Thread.yield();
			}
			this.bodies.decrementAndGet();
		}

	}

	@Test
	@DisplayName("S10 10 000 rounds of moves from several threads: never two bodies, and the history is a path")
	void racingMoves() throws Exception {
		List<StateMove> path = Collections.synchronizedList(new ArrayList<>());
		StateMachines states = this.machines.with().listener(new StateListener() {
			@Override
			public void moved(StateMachine machine, StateMove move) {
				path.add(move);
			}
		}).build();
		Busy busy = states.create(Busy.class);
		Runnable[] moves = { busy::left, busy::right, busy::up };
		List<Thread> movers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			movers.add(Thread.startVirtualThread(() -> {
				for (int round = 0; round < Rounds.of(2_500); round++) {
					try {
						moves[ThreadLocalRandom.current().nextInt(moves.length)].run();
					}
					catch (IllegalTransitionException rejected) {
						Thread.onSpinWait();
					}
				}
			}));
		}
		for (Thread mover : movers) {
			mover.join();
		}
		StateMachine machine = states.of(busy);
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(busy.clashes).hasValue(0);
		assertThat(machine.exception()).isNull();
		assertThat(path).hasSizeGreaterThan(100);
		String at = null;
		for (StateMove move : path) {
			assertThat(move.from()).isEqualTo(at);
			if (at != null) {
				assertThat(StateClass.of(Busy.class).table().state(at).targets()).contains(move.to());
			}
			at = move.to();
		}
		assertThat(machine.current()).isEqualTo(at);
	}

	static class Flagged {

		volatile boolean interrupted;

		@State(initial = true, transitionsTo = "second")
		void first() {
			Thread.currentThread().interrupt();
			second();
		}

		@State
		void second() {
			this.interrupted = Thread.currentThread().isInterrupted();
		}

	}

	@Test
	@DisplayName("S10 an interrupt that a body leaves behind does not reach the next body")
	void theNextBodyIsNotInterrupted() throws Exception {
		Flagged flagged = this.machines.create(Flagged.class);
		flagged.first();
		assertThat(Machines.ended(this.machines.of(flagged))).isTrue();
		assertThat(this.machines.of(flagged).current()).isEqualTo("second");
		assertThat(flagged.interrupted).isFalse();
	}

	static class Helped {

		final CountDownLatch asked = new CountDownLatch(1);

		volatile boolean returned;

		@State(initial = true, transitionsTo = "after")
		void work() throws InterruptedException {
			Thread helper = Thread.startVirtualThread(() -> {
				after();
				this.returned = true;
				this.asked.countDown();
			});
			helper.join();
			new CountDownLatch(1).await();
		}

		@State
		void after() {
		}

	}

	@Test
	@DisplayName("S11 a helper thread's move belongs to the machine, returns to the helper and interrupts the body")
	void helperThread() throws Exception {
		Helped helped = this.machines.create(Helped.class);
		helped.work();
		StateMachine machine = this.machines.of(helped);
		assertThat(Machines.ended(machine)).isTrue();
		helped.asked.await();
		assertThat(helped.returned).isTrue();
		assertThat(machine.current()).isEqualTo("after");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
	}

}
