package io.greenroom.state;

import java.time.Duration;
import java.util.stream.Stream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.LastFrames;
import io.greenroom.testkit.Rounds;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.ThrowingSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Machines that are used from the last frames of a stack. */
@Timeout(120)
class StateStackTests {

	private static final int FRAMES = 1200;

	/** What is called there, and what it is to leave usable. */
	record Use(String name, Step step) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	@FunctionalInterface
	interface Step {

		Object take(StateMachines machines, Swing swing) throws Throwable;

	}

	static Stream<Use> uses() {
		return Stream.of(new Use("move", (machines, swing) -> swing.other()),
				new Use("illegal move", (machines, swing) -> illegal(swing)),
				new Use("stop and restart", (machines, swing) -> {
					machines.of(swing).stop();
					machines.of(swing).join(Machines.LONG);
					swing.left();
					return true;
				}), new Use("create and start", (machines, swing) -> {
					machines.create(Swing.class).left();
					return true;
				}), new Use("awaitRest", (machines, swing) -> machines.of(swing).awaitRest(Machines.LONG)),
				new Use("awaitState",
						(machines, swing) -> swing.other()
								&& machines.of(swing).awaitState("left", Duration.ofMillis(1))),
				new Use("join", (machines, swing) -> machines.of(swing).join(Duration.ofNanos(1))),
				new Use("visit", (machines, swing) -> {
					machines.visit(machines.of(swing), swing::other);
					return true;
				}), new Use("history and diagram", (machines, swing) -> machines.of(swing).history().size()
						+ machines.of(swing).diagram().mermaid().length()));
	}

	private static boolean illegal(Swing swing) {
		try {
			swing.broken();
			return false;
		}
		catch (IllegalTransitionException expected) {
			return true;
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@MethodSource("uses")
	@DisplayName("F03 a machine that is used from the last frames of a stack is neither stuck nor lost")
	void lastFrames(Use use) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			StateMachines machines = StateMachines.builder(scheduler).stopTimeout(Duration.ofSeconds(20)).build();
			Swing swing = machines.create(Swing.class);
			swing.left();
			StateMachine machine = machines.of(swing);
			assertThat(machine.awaitRest(Machines.LONG)).isTrue();
			ThrowingSupplier<Object> step = () -> use.step().take(machines, swing);
			LastFrames.Outcome outcome = LastFrames.of(FRAMES).untilReturned().rounds(3).call(step).assertReturned();
			assertThat(outcome.overflows()).isPositive();
			assertThat(outcome.returned()).as(outcome.toString()).isPositive();
			assertThat(machine.awaitRest(Machines.LONG)).isTrue();
			if (machine.isDone()) {
				swing.left();
			}
			else {
				swing.other();
			}
			assertThat(machine.awaitRest(Machines.LONG)).isTrue();
			machine.stop();
			assertThat(machine.join(Machines.LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "next", "nextWithStart" })
	@DisplayName("F03 a body that asks for the next state from each of its last frames gets there as soon as there is room")
	void lastFramesOfABody(String next) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			StateMachines machines = StateMachines.builder(scheduler).stopTimeout(Duration.ofSeconds(20)).build();
			for (int round = 0; round < Rounds.of(100); round++) {
				Deep deep = machines.create(Deep.class);
				deep.start(next);
				StateMachine machine = machines.of(deep);
				assertThat(machine.join(Machines.LONG)).as(machine.toString()).isTrue();
				assertThat(machine.exception()).isNull();
				assertThat(machine.current()).isEqualTo(next);
				assertThat(deep.overflows).isPositive();
			}
		}
	}

	static class Deep {

		volatile int overflows;

		@State(initial = true, transitionsTo = { "next", "nextWithStart" })
		void start(String next) {
			descend(next);
		}

		private void descend(String next) {
			try {
				descend(next);
			}
			catch (StackOverflowError end) {
				// Asks again from here.
				this.overflows++;
			}
			if (next.equals("next")) {
				next();
			}
			else {
				nextWithStart();
			}
		}

		@State
		void next() {
		}

		@State(onStart = "prepare")
		void nextWithStart() {
		}

		void prepare(StateHandle next) {
			next.state();
		}

	}

	static class Swing {

		volatile boolean atLeft;

		@State(initial = true, transitionsTo = { "left", "right" }, timeout = "1h", onTimeout = "right",
				onStart = "leftNext")
		void left() {
		}

		@State(transitionsTo = { "left", "broken" })
		void right() {
		}

		@State(transitionsTo = "left")
		void broken() {
		}

		void leftNext(StateHandle next) {
			this.atLeft = next.machine() != null;
		}

		/** Moves to the other side. */
		boolean other() {
			try {
				right();
			}
			catch (IllegalTransitionException there) {
				left();
			}
			return true;
		}

	}

}
