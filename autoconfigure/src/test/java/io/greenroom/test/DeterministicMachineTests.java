package io.greenroom.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.worker.Worker;
import io.greenroom.green.worker.WorkerStuckException;
import io.greenroom.state.State;
import io.greenroom.state.StateHandle;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachine.Status;
import io.greenroom.state.StateMachines;
import io.greenroom.state.StateMove;
import io.greenroom.test.Orders.Order;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Machines on the deterministic scheduler, in every order and both modes. */
@Timeout(60)
class DeterministicMachineTests {

	@DisplayName("U01 bodies move their machine in virtual time, which its moves tell too")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void bodiesMove(Order order) {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).build();
			Parcel parcel = states.create(Parcel.class);
			StateMachine machine = states.of(parcel);
			test.run(() -> {
				parcel.packed();
				assertThat(machine.awaitState("sent", Duration.ofMinutes(2))).isTrue();
				assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plusSeconds(60));
				machine.join();
			});
			assertThat(machine.status()).isEqualTo(Status.DONE);
			assertThat(machine.history()).extracting(StateMove::at)
				.containsExactly(Instant.EPOCH, Instant.EPOCH.plus(Duration.ofMinutes(1)),
						Instant.EPOCH.plus(Duration.ofMinutes(61)));
		}
	}

	@DisplayName("U01 U02 S19 a state's timeout fires when the time has passed, and not before")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void timeouts(Order order) {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).build();
			Offer offer = states.create(Offer.class);
			Offer taken = states.create(Offer.class);
			test.run(() -> {
				offer.open();
				taken.open();
				assertThat(states.of(offer).awaitRest(Duration.ofMinutes(1))).isTrue();
			});
			test.advance(Duration.ofDays(1).minusNanos(1));
			assertThat(states.of(offer).current()).isEqualTo("open");
			taken.accepted();
			test.settle();
			test.advance(Duration.ofNanos(1));
			assertThat(states.of(offer).current()).isEqualTo("expired");
			assertThat(states.of(offer).since()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(1)));
			assertThat(states.of(taken).current()).isEqualTo("accepted");
			test.finish();
		}
	}

	@DisplayName("U01 S10 a move from outside ends the body at once, and the machine waits for it in virtual time")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void movesFromOutside(Order order) {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).stopTimeout(Duration.ofHours(1)).build();
			Job job = states.create(Job.class);
			StateMachine machine = states.of(job);
			test.run(() -> {
				job.running();
				Parking.sleep(Duration.ofMinutes(1));
				assertThat(machine.moveAndWait(job::cancelled, Duration.ofHours(1))).isEqualTo("cancelled");
				assertThat(machine.status()).isEqualTo(Status.DONE);
			});
			assertThat(job.seen).containsExactly("running", "cleaned up", "cancelled");
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(31)));
		}
	}

	@DisplayName("U01 S10 a body that does not make way keeps its machine when the stop timeout has passed")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void stopTimeouts(Order order) {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).stopTimeout(Duration.ofMinutes(10)).build();
			Job job = states.create(Job.class);
			StateMachine machine = states.of(job);
			test.run(() -> {
				job.running();
				Parking.sleep(Duration.ofSeconds(1));
				job.cancelled();
			});
			assertThat(machine.current()).as("cleaned up for half an hour, longer than it may").isEqualTo("running");
			assertThat(job.seen).containsExactly("running", "cleaned up");
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(30)).plusSeconds(1));
		}
	}

	@DisplayName("U01 moves from outside wait for each other's onStart")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void movesWaitForEachOther(Order order) {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).stopTimeout(Duration.ofHours(2)).build();
			Slow slow = states.create(Slow.class);
			StateMachine machine = states.of(slow);
			test.run(() -> {
				slow.idle();
				assertThat(machine.awaitRest(Duration.ofHours(1))).isTrue();
				List<GreenThread<?>> movers = new ArrayList<>();
				for (int i = 0; i < 3; i++) {
					movers.add(test.scheduler().spawn(slow::checked));
				}
				test.scheduler().joinAll(movers);
			});
			assertThat(slow.started).isEqualTo(3);
			assertThat(machine.history()).hasSize(4);
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(90)));
		}
	}

	@DisplayName("U01 S03 a machine that moves itself for ever lets others go on, and is stopped")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void restlessMachines(Order order) {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).build();
			Restless restless = states.create(Restless.class);
			StateMachine machine = states.of(restless);
			test.run(() -> {
				restless.tick();
				while (restless.moves < 1_000) {
					Parking.pause();
				}
				machine.stop();
				assertThat(machine.join(Duration.ofHours(1))).isTrue();
			});
			assertThat(machine.status()).isEqualTo(Status.STOPPED);
		}
	}

	@DisplayName("U01 S20 waits for a machine end with their limit, which passes when the test wants it")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void limits(Order order) {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).build();
			Deaf deaf = states.create(Deaf.class);
			StateMachine machine = states.of(deaf);
			test.run(() -> {
				deaf.working();
				assertThat(machine.awaitRest(Duration.ofMinutes(1))).isFalse();
				assertThat(machine.awaitState("done", Duration.ofMinutes(1))).isFalse();
				assertThatExceptionOfType(TimeoutException.class)
					.isThrownBy(() -> machine.moveAndWait(deaf::done, Duration.ofSeconds(5)));
				assertThat(machine.join(Duration.ofMinutes(1))).isFalse();
				deaf.end.set();
				assertThat(machine.awaitRest(Duration.ofMinutes(1))).isTrue();
			});
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH);
			test.advance(Duration.ofSeconds(185));
			assertThat(machine.status()).as("a move is given up after the stop timeout").isEqualTo(Status.RESTING);
		}
	}

	@DisplayName("U04 a wait for a machine that nothing can end fails the run, which says where its body waits")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void stuckMachines(Order order) {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).build();
			Waiting waiting = states.create(Waiting.class);
			assertThatExceptionOfType(WorkerStuckException.class).isThrownBy(() -> test.run(() -> {
				waiting.here();
				states.of(waiting).join();
			}))
				.withMessageContaining("'test' waits for StateMachine[Waiting")
				.withMessageContaining("RUNNING in here], whose body runs on")
				.withMessageContaining("waits for GreenEvent[not set]");
		}
	}

	@DisplayName("U04 U01 a wait for a machine on the thread that steps is rejected at once; a move is not")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void waitsOnTheSteppingThread(Order order) throws Exception {
		try (DeterministicScheduler test = order.open()) {
			StateMachines states = StateMachines.builder(test.scheduler()).build();
			Offer offer = states.create(Offer.class);
			StateMachine machine = states.of(offer);
			offer.open();
			assertThatIllegalStateException().isThrownBy(() -> machine.awaitRest(Duration.ofSeconds(1)))
				.withMessageContaining("steps worker 'test'");
			assertThatIllegalStateException().isThrownBy(machine::join).withMessageContaining("steps worker 'test'");
			assertThatIllegalStateException()
				.isThrownBy(() -> machine.moveAndWait(offer::accepted, Duration.ofSeconds(1)))
				.withMessageContaining("steps worker 'test'");
			test.settle();
			assertThat(machine.awaitRest(Duration.ofSeconds(1))).isTrue();
			assertThat(machine.current()).isEqualTo("open");
		}
	}

	@Test
	@DisplayName("U01 C12 machines give the same trace for a seed, 50 of 50 times, and in both modes")
	void theSameTrace() {
		for (long seed = 0; seed < 5; seed++) {
			List<String> first = trace(Worker.Mode.BATON, seed);
			for (int run = 0; run < 10; run++) {
				assertThat(trace(Worker.Mode.BATON, seed)).isEqualTo(first);
				assertThat(trace(Worker.Mode.ONE_CARRIER, seed)).isEqualTo(first);
			}
		}
	}

	private static List<String> trace(Worker.Mode mode, long seed) {
		try (DeterministicScheduler test = DeterministicScheduler.of(Worker.builder().mode(mode).seed(seed))) {
			StateMachines states = StateMachines.builder(test.scheduler()).stopTimeout(Duration.ofHours(2)).build();
			test.run(() -> {
				List<GreenThread<?>> threads = new ArrayList<>();
				for (int i = 0; i < 3; i++) {
					Slow slow = states.create(Slow.class);
					Job job = states.create(Job.class);
					threads.add(test.scheduler().spawn("checker" + i, () -> {
						slow.idle();
						slow.checked();
						states.of(slow).awaitRest(Duration.ofHours(1));
					}));
					threads.add(test.scheduler().spawn("canceller" + i, () -> {
						job.running();
						Parking.pause();
						states.of(job).moveAndWait(job::cancelled, Duration.ofHours(1));
					}));
				}
				test.scheduler().joinAll(threads);
			});
			List<String> trace = new ArrayList<>();
			// The names of bodies count the machines of all tests.
			test.trace().forEach((name) -> trace.add(name.replaceAll("#\\d+", "#n")));
			trace.add(test.clock().instant().toString());
			return trace;
		}
	}

	/** Takes an hour: waits look around each second, and with a baton each look costs. */
	static class Parcel {

		@State(initial = true, transitionsTo = "sent")
		void packed() throws InterruptedException {
			Parking.sleep(Duration.ofMinutes(1));
			sent();
		}

		@State(transitionsTo = "delivered")
		void sent() throws InterruptedException {
			Parking.sleep(Duration.ofHours(1));
			delivered();
		}

		@State
		void delivered() {
		}

	}

	static class Offer {

		@State(initial = true, transitionsTo = { "accepted", "expired" }, timeout = "1d", onTimeout = "expired")
		void open() {
		}

		@State
		void accepted() {
		}

		@State
		void expired() {
		}

	}

	static class Deaf {

		final GreenEvent end = new GreenEvent();

		@State(initial = true, transitionsTo = "done")
		void working() {
			while (!this.end.isSet()) {
				try {
					this.end.await();
				}
				catch (InterruptedException deaf) {
					// Goes on.
				}
			}
		}

		@State
		void done() {
		}

	}

	static class Job {

		final List<String> seen = new ArrayList<>();

		@State(initial = true, transitionsTo = "cancelled")
		void running() throws InterruptedException {
			this.seen.add("running");
			try {
				Parking.sleep(Duration.ofDays(1));
			}
			finally {
				Parking.sleep(Duration.ofMinutes(30));
				this.seen.add("cleaned up");
			}
		}

		@State
		void cancelled() {
			this.seen.add("cancelled");
		}

	}

	static class Slow {

		int started;

		@State(initial = true, transitionsTo = "checked")
		void idle() {
		}

		@State(transitionsTo = "checked", onStart = "check")
		void checked() {
		}

		void check(StateHandle next) throws InterruptedException {
			this.started++;
			Parking.sleep(Duration.ofMinutes(30));
		}

	}

	static class Restless {

		int moves;

		@State(initial = true, transitionsTo = "tock")
		void tick() {
			this.moves++;
			tock();
		}

		@State(transitionsTo = "tick")
		void tock() {
			this.moves++;
			tick();
		}

	}

	static class Waiting {

		@State(initial = true)
		void here() throws InterruptedException {
			new GreenEvent().await();
		}

	}

}
