package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Timers of states, alone and against moves. */
@Timeout(60)
class StateTimerTests {

	@RegisterExtension
	final Machines machines = new Machines();

	@Test
	@DisplayName("S19 a timeout moves a machine on, at work or at rest")
	void timeout() throws Exception {
		Timed atWork = this.machines.create(Timed.class);
		atWork.flowering();
		Timed atRest = this.machines.create(Timed.class);
		atRest.rested();
		assertThat(Machines.ended(this.machines.of(atWork))).isTrue();
		assertThat(Machines.ended(this.machines.of(atRest))).isTrue();
		assertThat(this.machines.of(atWork).current()).isEqualTo("withered");
		assertThat(this.machines.of(atRest).current()).isEqualTo("withered");
	}

	static class Punctual {

		final AtomicInteger bodies = new AtomicInteger();

		final AtomicInteger clashes = new AtomicInteger();

		@State(transitionsTo = { "other", "late" }, timeout = "1ms", onTimeout = "late")
		void one() {
			enter();
			try {
				LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(2_000_000));
				other();
			}
			finally {
				this.bodies.decrementAndGet();
			}
		}

		@State(transitionsTo = "one")
		void other() {
			enter();
			this.bodies.decrementAndGet();
		}

		@State(transitionsTo = "one")
		void late() {
			enter();
			this.bodies.decrementAndGet();
		}

		private void enter() {
			if (this.bodies.incrementAndGet() != 1) {
				this.clashes.incrementAndGet();
			}
		}

	}

	@Test
	@DisplayName("S19 a timer that races with a move, 10 000 rounds: one of them, never both, never two bodies")
	void timerAgainstMove() throws Exception {
		Set<String> reached = ConcurrentHashMap.newKeySet();
		List<CompletableFuture<Void>> machines = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			machines.add(CompletableFuture.runAsync(() -> race(this.machines.create(Punctual.class), reached),
					Thread::startVirtualThread));
		}
		for (CompletableFuture<Void> each : machines) {
			each.get(100, TimeUnit.SECONDS);
		}
		assertThat(reached).containsExactlyInAnyOrder("other", "late");
	}

	private void race(Punctual punctual, Set<String> reached) {
		StateMachine machine = this.machines.of(punctual);
		for (int round = 0; round < 200; round++) {
			punctual.one();
			try {
				assertThat(Machines.rests(machine)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			reached.add(String.valueOf(machine.current()));
			assertThat(machine.history().getLast().from()).isEqualTo("one");
		}
		Machines.assertPath(Punctual.class, machine);
		assertThat(punctual.clashes).hasValue(0);
		assertThat(machine.exception()).isNull();
	}

	static class Leaving {

		@State(initial = true, transitionsTo = { "other", "late" }, timeout = "20ms", onTimeout = "late")
		void one() {
			other();
		}

		@State(transitionsTo = "late", onStart = "outlastTheTimeout")
		void other() {
		}

		@State
		void late() {
		}

		void outlastTheTimeout(StateHandle next) {
			LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
		}

	}

	@Test
	@DisplayName("S19 a timer that fires while its state is being left does not move the next state")
	void lateTimer() throws Exception {
		Leaving leaving = this.machines.create(Leaving.class);
		leaving.one();
		StateMachine machine = this.machines.of(leaving);
		assertThat(Machines.rests(machine)).isTrue();
		// The timer's thread has done what it does when the scheduler is empty.
		assertThat(this.machines.scheduler.drain(Machines.LONG).killed()).isEmpty();
		assertThat(machine.history()).hasSize(2).last().extracting(StateMove::from).isEqualTo("one");
	}

	static class Patient {

		/** Else a timer could be gone because its stay was collected. */
		final List<StateHandle> stays = new ArrayList<>();

		@State(initial = true, transitionsTo = "second", timeout = "1h", onTimeout = "second", onStart = "keep")
		void first() {
		}

		void keep(StateHandle next) {
			this.stays.add(next);
		}

		@State(transitionsTo = "first")
		void second() {
		}

	}

	@Test
	@DisplayName("S19 F10 a state that is left has no timer any more")
	void leftStatesHaveNoTimer() throws Exception {
		Patient patient = this.machines.create(Patient.class);
		patient.first();
		assertThat(Machines.rests(this.machines.of(patient))).isTrue();
		Until.until("only the timer", () -> this.machines.scheduler.dump(0).alive() == 1);
		patient.second();
		assertThat(Machines.rests(this.machines.of(patient))).isTrue();
		Until.until("no timer", () -> this.machines.scheduler.dump(0).alive() == 0);
	}

	@Test
	@DisplayName("S19 F10 a machine that has ended has no timer any more")
	void endedMachinesHaveNoTimer() throws Exception {
		Patient patient = this.machines.create(Patient.class);
		patient.first();
		assertThat(Machines.rests(this.machines.of(patient))).isTrue();
		Until.until("only the timer", () -> this.machines.scheduler.dump(0).alive() == 1);
		this.machines.of(patient).stop();
		Until.until("no timer", () -> this.machines.scheduler.dump(0).alive() == 0);
	}

}
