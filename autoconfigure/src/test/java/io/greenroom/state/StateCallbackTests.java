package io.greenroom.state;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.ThreadShortage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What machines call that calls back into them. */
@Timeout(60)
class StateCallbackTests {

	record Waiting(String name, Wait how) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	@FunctionalInterface
	interface Wait {

		void on(StateMachine machine) throws Exception;

	}

	static Stream<Waiting> waits() {
		return Stream.of(new Waiting("join", StateMachine::join),
				new Waiting("join with a limit", (machine) -> machine.join(Duration.ofDays(1))),
				new Waiting("awaitRest", (machine) -> machine.awaitRest(Duration.ofDays(1))),
				new Waiting("awaitState", (machine) -> machine.awaitState("last", Duration.ofDays(1))),
				new Waiting("stop and join", (machine) -> {
					machine.stop();
					machine.join();
				}));
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@MethodSource("waits")
	@DisplayName("F09 a moved listener that waits for its machine is rejected with the reason, at a start, a move and a body's own move")
	void listenerWaits(Waiting waiting) throws Exception {
		List<Throwable> rejected = new CopyOnWriteArrayList<>();
		StateListener listener = new StateListener() {

			@Override
			public void moved(StateMachine machine, StateMove move) {
				if (!move.to().equals("last")) {
					rejected.add(catchThrowable(() -> waiting.how().on(machine)));
				}
			}

		};
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			Road road = StateMachines.builder(scheduler).listener(listener).build().create(Road.class);
			CompletableFuture<Void> asked = CompletableFuture.runAsync(road::first);
			asked.get(20, TimeUnit.SECONDS);
			boolean stopped = waiting.name().startsWith("stop");
			assertThat(road.ended(stopped)).isTrue();
			assertThat(rejected).hasSize(stopped ? 1 : 3)
				.allSatisfy((failure) -> assertThat(failure).isInstanceOf(IllegalStateException.class)
					.hasMessageContaining("wait in another thread"));
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@MethodSource("waits")
	@DisplayName("F09 an onStart that waits for its machine is rejected with the reason, and the machine is where it was")
	void onStartWaits(Waiting waiting) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			StateMachines machines = StateMachines.builder(scheduler).build();
			Careful careful = machines.create(Careful.class);
			StateMachine machine = machines.of(careful);
			careful.calm();
			assertThat(machine.awaitRest(Machines.LONG)).isTrue();
			careful.wait = () -> waiting.how().on(machine);
			Throwable rejected = CompletableFuture.supplyAsync(() -> catchThrowable(careful::last))
				.get(20, TimeUnit.SECONDS);
			if (waiting.name().startsWith("stop")) {
				assertThat(rejected).isInstanceOf(IllegalTransitionException.class);
				assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
				return;
			}
			assertThat(rejected).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("wait in another thread");
			assertThat(machine.current()).isEqualTo("calm");
			careful.wait = () -> {
			};
			careful.last();
			assertThat(machine.join(Machines.LONG)).isTrue();
		}
	}

	@Test
	@DisplayName("F09 a wait that is over at once is none, also in a listener")
	void onlyLooks() throws Exception {
		List<Boolean> seen = new CopyOnWriteArrayList<>();
		StateListener listener = new StateListener() {

			@Override
			public void moved(StateMachine machine, StateMove move) {
				try {
					seen.add(machine.awaitState(move.to(), Machines.LONG));
					seen.add(machine.awaitRest(Duration.ZERO));
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}

		};
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			Careful careful = StateMachines.builder(scheduler).listener(listener).build().create(Careful.class);
			careful.calm();
			assertThat(seen).containsExactly(true, false);
		}
	}

	@Test
	@DisplayName("F09 a rejected listener that asks for the same again is rejected there, and told once")
	void rejectedAsksAgain() throws Exception {
		AtomicInteger told = new AtomicInteger();
		AtomicInteger rejected = new AtomicInteger();
		StateListener listener = new StateListener() {

			@Override
			public void rejected(StateMachine machine, IllegalTransitionException rejection) {
				told.incrementAndGet();
				for (int i = 0; i < 3; i++) {
					if (catchThrowable(((Careful) machine.target())::last) instanceof IllegalTransitionException) {
						rejected.incrementAndGet();
					}
				}
			}

		};
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			Careful careful = StateMachines.builder(scheduler).listener(listener).build().create(Careful.class);
			assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(careful::last);
			assertThat(told).hasValue(1);
			assertThat(rejected).hasValue(3);
			assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(careful::last);
			assertThat(told).hasValue(2);
		}
	}

	@Test
	@DisplayName("F09 an ended listener that starts again what can't be started is rejected there, without recursion")
	void endedStartsAgain() throws Exception {
		ThreadShortage shortage = new ThreadShortage();
		AtomicInteger told = new AtomicInteger();
		List<Throwable> rejected = new CopyOnWriteArrayList<>();
		StateListener listener = new StateListener() {

			@Override
			public void ended(StateMachine machine) {
				told.incrementAndGet();
				rejected.add(catchThrowable(((Careful) machine.target())::calm));
			}

		};
		try (GreenScheduler scheduler = shortage.on(GreenScheduler.builder())
			.drainTimeout(Duration.ofSeconds(1))
			.build()) {
			StateMachines machines = StateMachines.builder(scheduler).listener(listener).build();
			Careful careful = machines.create(Careful.class);
			shortage.begin();
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(careful::calm);
			shortage.end();
			assertThat(told).hasValue(1);
			assertThat(rejected).singleElement().isInstanceOf(OutOfMemoryError.class);
			assertThat(machines.of(careful).status()).isEqualTo(StateMachine.Status.FAILED);
			careful.calm();
			assertThat(machines.of(careful).awaitRest(Machines.LONG)).isTrue();
		}
	}

	@Test
	@DisplayName("F09 two machines whose ends start each other, and can't, do not recurse without end")
	void endsStartEachOther() throws Exception {
		ThreadShortage shortage = new ThreadShortage();
		AtomicInteger told = new AtomicInteger();
		List<Careful> both = new CopyOnWriteArrayList<>();
		StateListener listener = new StateListener() {

			@Override
			public void ended(StateMachine machine) {
				told.incrementAndGet();
				both.forEach((each) -> assertThat(catchThrowable(each::calm)).isInstanceOf(OutOfMemoryError.class));
			}

		};
		try (GreenScheduler scheduler = shortage.on(GreenScheduler.builder())
			.drainTimeout(Duration.ofSeconds(1))
			.build()) {
			StateMachines machines = StateMachines.builder(scheduler).listener(listener).build();
			both.add(machines.create(Careful.class));
			both.add(machines.create(Careful.class));
			shortage.begin();
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(both.getFirst()::calm);
			shortage.end();
			assertThat(told.get()).isBetween(2, 20);
		}
	}

	static class Road {

		final CompletableFuture<Void> arrived = new CompletableFuture<>();

		@State(initial = true, transitionsTo = "second")
		void first() {
			second();
		}

		@State(transitionsTo = "third")
		void second() {
			third();
		}

		@State(transitionsTo = "last")
		void third() {
			last();
		}

		@State
		void last() {
			this.arrived.complete(null);
		}

		boolean ended(boolean stopped) throws Exception {
			if (!stopped) {
				this.arrived.get(20, TimeUnit.SECONDS);
			}
			return true;
		}

	}

	static class Careful {

		@FunctionalInterface
		interface Action {

			void run() throws Exception;

		}

		volatile Action wait = () -> {
		};

		@State(initial = true, transitionsTo = "last")
		void calm() {
		}

		@State(onStart = "before")
		void last() {
		}

		void before(StateHandle next) throws Exception {
			this.wait.run();
		}

	}

}
