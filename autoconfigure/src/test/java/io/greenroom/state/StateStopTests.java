package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The ends that machines are brought to: stopped, and drained. */
@Timeout(60)
class StateStopTests {

	@RegisterExtension
	final Machines machines = new Machines();

	static class Runner {

		final AtomicInteger bodies = new AtomicInteger();

		final AtomicInteger clashes = new AtomicInteger();

		@State(transitionsTo = "b")
		void a() {
			run(this::b);
		}

		@State(transitionsTo = "a")
		void b() {
			run(this::a);
		}

		private void run(Runnable next) {
			if (this.bodies.incrementAndGet() != 1) {
				this.clashes.incrementAndGet();
			}
			try {
				next.run();
			}
			finally {
				this.bodies.decrementAndGet();
			}
		}

	}

	@Test
	@DisplayName("S15 stop wins over the machine's own moves, 10 000 rounds: no successor lives, never two bodies")
	void stopRaces() throws Exception {
		for (int batch = 0; batch < 500; batch++) {
			// Side by side, so that a round need not wait for a thread of its own.
			List<Runner> runners = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				Runner runner = this.machines.create(Runner.class);
				runner.a();
				runners.add(runner);
			}
			Collections.shuffle(runners, ThreadLocalRandom.current());
			runners.forEach((runner) -> this.machines.of(runner).stop());
			for (Runner runner : runners) {
				StateMachine machine = this.machines.of(runner);
				assertThat(Machines.ended(machine)).isTrue();
				assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
				assertThat(runner.bodies).hasValue(0);
				assertThat(runner.clashes).hasValue(0);
				Machines.assertPath(Runner.class, machine);
			}
		}
	}

	@Test
	@DisplayName("S15 stop ends a body that blocks, a machine at rest, and a start whose onStart is still running")
	void stop() throws Exception {
		Holding blocked = this.machines.create(Holding.class);
		blocked.held();
		blocked.inside.await();
		StateMachine machine = this.machines.of(blocked);
		machine.stop();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		assertThat(machine.exception()).isNull();
		Holding resting = this.machines.create(Holding.class);
		resting.release.countDown();
		resting.held();
		assertThat(Machines.rests(this.machines.of(resting))).isTrue();
		this.machines.of(resting).stop();
		assertThat(this.machines.of(resting).status()).isEqualTo(StateMachine.Status.STOPPED);
		SelfStopping stopping = this.machines.create(SelfStopping.class, this.machines.states);
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(stopping::begin)
			.withMessageContaining("was stopped meanwhile");
		assertThat(this.machines.of(stopping).status()).isEqualTo(StateMachine.Status.NEW);
	}

	@Test
	@DisplayName("S15 a stop between a start and its body wins: the body does not begin")
	void stopBeforeTheBody() throws Exception {
		StateMachines states = this.machines.with().listener(new StateListener() {
			@Override
			public void moved(StateMachine machine, StateMove move) {
				machine.stop();
			}
		}).build();
		Holding holding = states.create(Holding.class);
		holding.held();
		StateMachine machine = states.of(holding);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		assertThat(holding.inside.getCount()).as("the body has not begun").isEqualTo(1);
	}

	@Test
	@DisplayName("S15 a stop wins over a move that waits for the body to end")
	void stopBeatsAMoveThatWaits() throws Exception {
		Holding holding = this.machines.create(Holding.class);
		holding.stubborn = true;
		holding.held();
		holding.inside.await();
		holding.next();
		StateMachine machine = this.machines.of(holding);
		machine.stop();
		holding.release.countDown();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		assertThat(machine.current()).isEqualTo("held");
		assertThat(holding.log).noneMatch((entry) -> entry.startsWith("next"));
	}

	static class SelfStopping {

		final StateMachines states;

		SelfStopping(StateMachines states) {
			this.states = states;
		}

		@State(onStart = "stopFirst")
		void begin() {
			throw new AssertionError("ran");
		}

		void stopFirst(StateHandle next) {
			next.machine().stop();
		}

	}

	@Test
	@DisplayName("S28 a draining scheduler takes no more moves from outside, and a body it kills stops its machine")
	void drain() throws Exception {
		Holding holding = this.machines.create(Holding.class);
		holding.held();
		holding.inside.await();
		Timed resting = this.machines.create(Timed.class);
		assertThat(this.machines.scheduler.drain(Duration.ZERO).stuck()).isEmpty();
		StateMachine machine = this.machines.of(holding);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		assertThatIllegalStateException().isThrownBy(resting::rested).withMessageContaining("shutting down");
	}

}
