package io.greenroom.test;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredInterruptedException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.worker.Lead;
import io.greenroom.green.worker.Worker;
import io.greenroom.green.worker.WorkerStuckException;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(60)
class LeadTests {

	static class Desk {

		private int calls;

		int call() {
			return ++this.calls;
		}

		void stay() throws InterruptedException {
			new GreenEvent().await();
		}

	}

	static class Lamp {

		@State(initial = true, transitionsTo = "off", timeout = "10s", onTimeout = "off")
		void on() {
		}

		@State(transitionsTo = "on")
		void off() {
		}

	}

	private static DeterministicScheduler scheduler(Worker.Mode mode) {
		return DeterministicScheduler.of(Worker.builder().mode(mode));
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("U05 a thread that leads calls, waits and sleeps like a green thread, and the others run meanwhile")
	void waitsLikeAGreenThread(Worker.Mode mode) throws Exception {
		try (DeterministicScheduler test = scheduler(mode); Lead lead = test.lead()) {
			Deferred<Desk> desk = Deferred.of(test.scheduler(), new Desk());
			assertThat(desk.sync().call()).isOne();
			assertThat(desk.sync(Duration.ofSeconds(1)).call()).isEqualTo(2);
			assertThat(desk.async(Desk::call).get()).isEqualTo(3);
			assertThat(desk.async(Desk::call).join()).isEqualTo(4);
			GreenThread<Integer> other = test.scheduler().spawn(() -> desk.sync().call());
			assertThat(other.get()).isEqualTo(5);
			CompletableFuture<String> later = new CompletableFuture<>();
			test.scheduler().spawnLater(Duration.ofHours(1), () -> later.complete("later"));
			assertThat(test.scheduler().await(later)).isEqualTo("later");
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofHours(1)));
			test.scheduler().sleep(Duration.ofHours(1));
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofHours(2)));
			StateMachines machines = StateMachines.builder(test.scheduler()).build();
			Lamp lamp = machines.create(Lamp.class);
			StateMachine machine = machines.of(lamp);
			lamp.on();
			assertThat(machine.awaitRest(Duration.ofSeconds(1))).isTrue();
			assertThat(machine.awaitState("off", Duration.ofMinutes(1))).isTrue();
			assertThat(machine.moveAndWait(lamp::on, Duration.ofSeconds(1))).isEqualTo("on");
			test.advance(Duration.ofSeconds(10));
			assertThat(machine.current()).isEqualTo("off");
			lead.close();
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("U05 a leader that only yields lets the others run, and meets a time")
	void yields(Worker.Mode mode) {
		try (DeterministicScheduler test = scheduler(mode); Lead lead = test.lead()) {
			AtomicBoolean set = new AtomicBoolean();
			test.scheduler().spawn(() -> {
				Parking.pause();
				set.set(true);
			});
			while (!set.get()) {
				Parking.pause();
			}
			long start = Parking.nanoTime();
			while (Parking.nanoTime() - start < 1_000_000) {
				Parking.pause();
			}
			assertThat(test.clock().instant()).isAfter(Instant.EPOCH);
			lead.close();
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("U04 U05 a leader that waits for what nothing can end fails at once, and a call of its meets its timeout")
	void failsIfStuck(Worker.Mode mode) throws Exception {
		try (DeterministicScheduler test = scheduler(mode); Lead lead = test.lead()) {
			assertThatExceptionOfType(WorkerStuckException.class).isThrownBy(() -> new GreenEvent().await())
				.withMessageContaining("'" + Thread.currentThread().getName() + "' waits for GreenEvent[not set]");
			Deferred<Desk> desk = Deferred.of(test.scheduler(), new Desk());
			assertThatExceptionOfType(DeferredTimeoutException.class)
				.isThrownBy(() -> desk.sync(Duration.ofDays(1)).stay());
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(1)));
			// Usable as before.
			assertThat(test.scheduler().spawn(() -> 1).get()).isOne();
			lead.close();
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("U05 an interrupt of a leader ends its wait")
	void isInterrupted(Worker.Mode mode) throws Exception {
		try (DeterministicScheduler test = scheduler(mode); Lead lead = test.lead()) {
			Deferred<Desk> desk = Deferred.of(test.scheduler(), new Desk());
			Thread leader = Thread.currentThread();
			test.scheduler().spawnLater(Duration.ofSeconds(1), () -> Parking.interrupt(leader));
			assertThatExceptionOfType(DeferredInterruptedException.class).isThrownBy(() -> desk.sync().stay());
			assertThat(Thread.interrupted()).isTrue();
			lead.close();
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("U05 a thread leads what it has begun to lead last, and may end and step a scheduler that it does not lead")
	void leadsOneAtATime(Worker.Mode mode) {
		try (DeterministicScheduler outer = scheduler(mode); Lead first = outer.lead()) {
			DeterministicScheduler inner = scheduler(mode);
			try (Lead second = inner.lead()) {
				assertThat(DeterministicScheduler.current()).contains(inner);
				assertThat(Deferred.of(inner.scheduler(), new Desk()).sync().call()).isOne();
				second.close();
			}
			assertThat(DeterministicScheduler.current()).contains(outer);
			Deferred<Desk> left = Deferred.of(inner.scheduler(), new Desk());
			left.oneway().call();
			inner.settle();
			inner.scheduler().drain(Duration.ofSeconds(1));
			inner.close();
			assertThat(Deferred.of(outer.scheduler(), new Desk()).sync().call()).isOne();
			first.close();
		}
		assertThat(DeterministicScheduler.current()).isEmpty();
	}

	@Test
	@DisplayName("U05 a thread that has stopped leading waits as before: a call is rejected")
	void stopsLeading() {
		try (DeterministicScheduler test = DeterministicScheduler.inTurn()) {
			Deferred<Desk> desk = Deferred.of(test.scheduler(), new Desk());
			test.lead().close();
			assertThatIllegalStateException().isThrownBy(() -> desk.sync().call());
			test.run(() -> assertThatIllegalStateException().isThrownBy(test::lead)
				.withMessageContaining("can't be led by the routine 'test'"));
		}
	}

}
