package io.greenroom.state;

import java.time.Duration;
import java.util.List;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.Unusual;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Machines against what bodies, listeners and {@code onStart} may throw. */
@Timeout(60)
class StateFaultTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static List<Unusual> fromForeignCode() {
		return Unusual.fromForeignCode();
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@MethodSource("fromForeignCode")
	@DisplayName("F01 listeners and observers may throw anything: the move is made, the next one too, and the machine ends")
	void listenersThrow(Unusual unusual) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder()
			.observer(new FailingObserver(unusual))
			.drainTimeout(Duration.ofSeconds(1))
			.build()) {
			StateMachines machines = StateMachines.builder(scheduler)
				.stopTimeout(Duration.ofSeconds(1))
				.listener(new FailingListener(unusual))
				.build();
			Steps steps = machines.create(Steps.class);
			StateMachine machine = machines.of(steps);
			steps.one(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(catchThrowable(() -> steps.three())).isInstanceOf(IllegalTransitionException.class);
			steps.two(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(machine.current()).isEqualTo("two");
			steps.three();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
			Steps stopped = machines.create(Steps.class);
			stopped.one(null);
			machines.of(stopped).stop();
			assertThat(machines.of(stopped).join(LONG)).isTrue();
			Thread.interrupted();
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@EnumSource
	@DisplayName("F02 S16 a body may throw anything: the machine has failed of that very object, and whoever waits is told")
	void bodiesThrow(Unusual unusual) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			StateMachines machines = StateMachines.builder(scheduler).build();
			Throwable failure = unusual.make();
			Steps steps = machines.create(Steps.class);
			steps.one(failure);
			StateMachine machine = machines.of(steps);
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.isDone()).isTrue();
			if (unusual != Unusual.INTERRUPTED) {
				assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
				assertThat(machine.exception()).isSameAs(failure);
			}
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@EnumSource
	@DisplayName("F02 S08 onStart may throw anything: whoever asks gets that very object, nothing has moved, and the next move is made")
	void onStartThrows(Unusual unusual) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			StateMachines machines = StateMachines.builder(scheduler).build();
			Throwable failure = unusual.make();
			Steps steps = machines.create(Steps.class);
			StateMachine machine = machines.of(steps);
			steps.one(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			steps.veto = failure;
			assertThat(catchThrowable(() -> steps.two(null))).isSameAs(failure);
			Thread.interrupted();
			assertThat(machine.current()).isEqualTo("one");
			steps.veto = null;
			steps.two(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(machine.current()).isEqualTo("two");
		}
	}

	public static class Steps {

		volatile Throwable veto;

		@State(initial = true, transitionsTo = "two")
		public void one(Throwable failure) {
			raise(failure);
		}

		@State(transitionsTo = "three", onStart = "before")
		public void two(Throwable failure) {
			raise(failure);
		}

		@State
		public void three() {
		}

		void before(StateHandle next, Object... arguments) {
			raise(this.veto);
		}

		private static void raise(Throwable failure) {
			if (failure != null) {
				throw Unusual.<RuntimeException>sneaky(failure);
			}
		}

	}

	private record FailingListener(Unusual unusual) implements StateListener {

		@Override
		public void moved(StateMachine machine, StateMove move) {
			this.unusual.raise();
		}

		@Override
		public void rejected(StateMachine machine, IllegalTransitionException refusal) {
			this.unusual.raise();
		}

		@Override
		public void ended(StateMachine machine) {
			this.unusual.raise();
		}

		@Override
		public String toString() {
			throw new IllegalStateException("no string");
		}

	}

	private record FailingObserver(Unusual unusual) implements Observer {

		@Override
		public MachineListener machine(String machine) {
			return new MachineListener() {

				@Override
				public void moved(String from, String to, Duration spent) {
					FailingObserver.this.unusual.raise();
				}

				@Override
				public void rejected(String from, String to) {
					FailingObserver.this.unusual.raise();
				}

				@Override
				public void ended(String state, Duration spent) {
					FailingObserver.this.unusual.raise();
				}

			};
		}

	}

}
