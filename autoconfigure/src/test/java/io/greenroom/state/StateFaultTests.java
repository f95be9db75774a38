package io.greenroom.state;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.ThreadShortage;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.Unusual;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
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

	@ParameterizedTest(name = "{displayName} [{0}]")
	@MethodSource("fromForeignCode")
	@DisplayName("F01 the clock may throw anything, or null: moves are made all the same, with the system's time")
	void clockThrows(Unusual unusual) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			InstantSource broken = (unusual == Unusual.RUNTIME) ? () -> null : unusual::raise;
			StateMachines machines = StateMachines.builder(scheduler).clock(broken).build();
			Steps steps = machines.create(Steps.class);
			Instant before = Instant.now().minusSeconds(1);
			steps.one(null);
			StateMachine machine = machines.of(steps);
			assertThat(machine.awaitRest(LONG)).isTrue();
			steps.two(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(machine.since()).isBetween(before, Instant.now().plusSeconds(1));
			steps.three();
			assertThat(machine.join(LONG)).isTrue();
			Steps stopped = machines.create(Steps.class);
			stopped.one(null);
			machines.of(stopped).awaitRest(LONG);
			machines.of(stopped).stop();
			assertThat(machines.of(stopped).isDone()).isTrue();
			Thread.interrupted();
		}
	}

	@Test
	@DisplayName("F09 a clock that moves the very machine it is read for is rejected, and the move is made")
	void clockMoves() throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			AtomicReference<Steps> moved = new AtomicReference<>();
			List<Throwable> rejected = new CopyOnWriteArrayList<>();
			StateMachines machines = StateMachines.builder(scheduler).clock(() -> {
				Steps steps = moved.getAndSet(null);
				if (steps != null) {
					rejected.add(catchThrowable(() -> steps.two(null)));
				}
				return Instant.EPOCH;
			}).build();
			Steps steps = machines.create(Steps.class);
			moved.set(steps);
			steps.one(null);
			assertThat(machines.of(steps).awaitRest(LONG)).isTrue();
			assertThat(rejected).singleElement().isInstanceOf(IllegalStateException.class);
			assertThat(machines.of(steps).current()).isEqualTo("one");
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@MethodSource("fromForeignCode")
	@DisplayName("F01 a boundary and an entry may throw anything as bodies begin and machines settle: bodies run, and whoever waits is told")
	void boundariesThrow(Unusual unusual) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build()) {
			StateMachines machines = StateMachines.builder(scheduler).boundary(new FailingBoundary(unusual)).build();
			Steps steps = machines.create(Steps.class);
			machines.bind(steps, new StateEntry() {

				@Override
				public void enter(Method state, Object[] args) throws Throwable {
					try {
						state.invoke(steps, args);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				}

				@Override
				public void settled() {
					unusual.raise();
				}

			});
			StateMachine machine = machines.of(steps);
			steps.one(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.RESTING);
			steps.two(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			machine.stop();
			assertThat(machine.join(LONG)).isTrue();
			Thread.interrupted();
			steps.one(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			steps.two(null);
			steps.three();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@EnumSource
	@DisplayName("F01 a carrier may fail to capture or open with anything: the machine has failed of that very object, whoever waits is told, and it starts again")
	void carriersThrow(Unusual unusual) throws Exception {
		AtomicReference<Throwable> capture = new AtomicReference<>();
		AtomicReference<Throwable> open = new AtomicReference<>();
		ContextCarrier carrier = () -> {
			raise(capture.get());
			return new ContextCarrier.Snapshot() {

				@Override
				public boolean isEmpty() {
					return false;
				}

				@Override
				public ContextCarrier.Scope open() {
					raise(open.get());
					return () -> {
					};
				}

			};
		};
		try (GreenScheduler scheduler = GreenScheduler.builder()
			.contextCarrier(carrier)
			.drainTimeout(Duration.ofSeconds(1))
			.build()) {
			StateMachines machines = StateMachines.builder(scheduler).build();
			Steps steps = machines.create(Steps.class);
			StateMachine machine = machines.of(steps);
			capture.set(unusual.make());
			assertThat(catchThrowable(() -> steps.one(null))).isSameAs(capture.get());
			assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
			assertThat(machine.exception()).isSameAs(capture.get());
			capture.set(null);
			open.set(unusual.make());
			steps.one(null);
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
			assertThat(machine.exception()).isSameAs(open.get());
			open.set(null);
			steps.one(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.RESTING);
		}
	}

	@Test
	@DisplayName("F01 F03 a carrier that fails while a body moves itself to a state with a timeout is not asked, and the timeout stays")
	void timeoutsCarryNothing() throws Exception {
		AtomicBoolean broken = new AtomicBoolean();
		ContextCarrier carrier = () -> {
			if (broken.get()) {
				throw new IllegalStateException("no context");
			}
			return ContextCarrier.Snapshot.EMPTY;
		};
		try (GreenScheduler scheduler = GreenScheduler.builder()
			.contextCarrier(carrier)
			.drainTimeout(Duration.ofSeconds(1))
			.build()) {
			StateMachines machines = StateMachines.builder(scheduler).build();
			Timed timed = machines.create(Timed.class);
			timed.before = () -> broken.set(true);
			timed.begun();
			assertThat(machines.of(timed).awaitState("open", LONG)).isTrue();
			broken.set(false);
			assertThat(machines.of(timed).awaitState("expired", LONG)).isTrue();
			assertThat(machines.of(timed).join(LONG)).isTrue();
			assertThat(machines.of(timed).status()).isEqualTo(StateMachine.Status.DONE);
		}
	}

	@Test
	@DisplayName("F03 without memory for a thread a start fails at once, the machine has failed of it, and it starts again later")
	void noThreadForABody() throws Exception {
		ThreadShortage shortage = new ThreadShortage();
		try (GreenScheduler scheduler = shortage.on(GreenScheduler.builder())
			.drainTimeout(Duration.ofSeconds(1))
			.build()) {
			StateMachines machines = StateMachines.builder(scheduler).build();
			Steps steps = machines.create(Steps.class);
			StateMachine machine = machines.of(steps);
			shortage.begin();
			Throwable rejected = catchThrowable(() -> steps.one(null));
			assertThat(rejected).isInstanceOf(OutOfMemoryError.class);
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
			assertThat(machine.exception()).isSameAs(rejected);
			shortage.end();
			steps.one(null);
			assertThat(machine.awaitRest(LONG)).isTrue();
			shortage.begin();
			assertThat(catchThrowable(() -> steps.two(null))).isInstanceOf(OutOfMemoryError.class);
			assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
			shortage.end();
		}
	}

	@Test
	@DisplayName("F03 S34 a timeout without memory for its thread, or for that of the body it starts, is not lost")
	void noThreadForATimeout() throws Exception {
		ThreadShortage shortage = new ThreadShortage();
		try (GreenScheduler scheduler = shortage.on(GreenScheduler.builder())
			.drainTimeout(Duration.ofSeconds(1))
			.build()) {
			StateMachines machines = StateMachines.builder(scheduler).build();
			Timed timed = machines.create(Timed.class);
			timed.begun();
			assertThat(machines.of(timed).awaitState("open", LONG)).isTrue();
			assertThat(machines.of(timed).awaitRest(LONG)).isTrue();
			shortage.next(1);
			assertThat(machines.of(timed).awaitState("expired", LONG)).isTrue();
			assertThat(shortage.failed()).isEqualTo(1);
			assertThat(machines.of(timed).join(LONG)).isTrue();
		}
	}

	public static class Timed {

		volatile Runnable before = () -> {
		};

		@State(initial = true, transitionsTo = "open")
		public void begun() {
			this.before.run();
			open();
		}

		@State(transitionsTo = "expired", timeout = "300ms", onTimeout = "expired")
		public void open() {
		}

		@State
		public void expired() {
		}

	}

	private static void raise(Throwable failure) {
		if (failure != null) {
			throw Unusual.<RuntimeException>sneaky(failure);
		}
	}

	private record FailingBoundary(Unusual unusual) implements StateBoundary {

		@Override
		public Object begin() {
			return this.unusual.raise();
		}

		@Override
		public String obstacle(Object begun) {
			return null;
		}

		@Override
		public String obstacleIn(Class<?> frame) {
			return null;
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

	}

	private record FailingListener(Unusual unusual) implements StateListener {

		@Override
		public void moved(StateMachine machine, StateMove move) {
			this.unusual.raise();
		}

		@Override
		public void rejected(StateMachine machine, IllegalTransitionException rejection) {
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
