package io.greenroom.state;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenTask;
import io.greenroom.green.ThreadShortage;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.LastFrames;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.ThrowingSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Every entry point of state machines with every fault: after each of them no machine is
 * stuck, and the next move is made. A new public method needs an entry in the table.
 */
@Timeout(300)
@CloseSchedulers
class StateEntryPointFaultTests {

	private static final List<Class<?>> TYPES = List.of(StateMachine.class, StateMachines.class,
			StateMachines.Builder.class, StateHandle.class, StateDiagram.class);

	/** What only tells, or only notes. */
	private static final Set<String> NO_ENTRY = Set.of("StateMachine.name", "StateMachine.target",
			"StateMachine.status", "StateMachine.current", "StateMachine.since", "StateMachine.isDone",
			"StateMachine.exception", "StateMachines.isStateful", "StateMachines.types", "StateHandle.machine",
			"StateHandle.state", "StateHandle.isStarted", "StateHandle.isEnded", "Builder.stopTimeout",
			"Builder.historySize", "StateDiagram.name", "StateDiagram.states", "StateDiagram.edges",
			"StateDiagram.current", "StateDiagram.equals", "StateDiagram.hashCode", "Builder.listener", "Builder.clock",
			"Builder.instantiator", "Builder.unwrapper", "Builder.boundary", "StateMachines.release",
			"StateMachines.resume");

	private static final Duration SHORT = Duration.ofMillis(5);

	private static final Duration LONG = Duration.ofSeconds(20);

	private final ThreadShortage shortage = new ThreadShortage();

	/** What foreign code does when it is called; {@code null} for nothing. */
	private volatile @Nullable Unusual inCapture;

	private volatile @Nullable Unusual inOpen;

	private volatile @Nullable Unusual inClose;

	private volatile @Nullable Unusual inListener;

	private volatile @Nullable Unusual inClock;

	private final GreenScheduler scheduler = this.shortage.on(GreenScheduler.builder())
		.contextCarrier(this::capture)
		.observer(new Failing())
		.drainTimeout(Duration.ofSeconds(2))
		.build();

	private final StateMachines machines = StateMachines.builder(this.scheduler)
		.stopTimeout(LONG)
		.clock(this::time)
		.listener(new Deaf())
		.build();

	private final Swing swing = this.machines.create(Swing.class);

	@AfterEach
	void close() {
		calm();
	}

	private void calm() {
		this.shortage.end();
		this.inCapture = null;
		this.inOpen = null;
		this.inClose = null;
		this.inListener = null;
		this.inClock = null;
		Thread.interrupted();
	}

	private static void raise(@Nullable Unusual failure) {
		if (failure != null) {
			failure.raise();
		}
	}

	private Instant time() {
		raise(this.inClock);
		return Instant.EPOCH;
	}

	private ContextCarrier.Snapshot capture() {
		raise(this.inCapture);
		return (this.inOpen == null && this.inClose == null) ? ContextCarrier.Snapshot.EMPTY
				: new ContextCarrier.Snapshot() {

					@Override
					public ContextCarrier.Scope open() {
						raise(StateEntryPointFaultTests.this.inOpen);
						return () -> raise(StateEntryPointFaultTests.this.inClose);
					}

					@Override
					public boolean isEmpty() {
						return false;
					}

				};
	}

	/** Each entry point by its name, on the one machine or on one of its own. */
	private Map<String, ThrowingSupplier<?>> table() {
		Map<String, ThrowingSupplier<?>> table = new LinkedHashMap<>();
		StateMachines all = this.machines;
		Swing one = this.swing;
		StateMachine machine = all.of(one);
		table.put("a move", one::other);
		table.put("an illegal move", one::illegal);
		table.put("a move of its body", () -> done(() -> create().relayed()));
		table.put("a move of its body's visitor", () -> done(() -> {
			Swing other = create();
			other.visit = (next) -> all.visit(all.of(other), next);
			other.relayed();
		}));
		table.put("StateMachine.moveAndWait", () -> machine.moveAndWait(one::other, LONG));
		table.put("StateMachine.moveAndWait through a body",
				() -> machine.moveAndWait(() -> one.otherThan("relayed"), LONG));
		table.put("StateMachine.stop", () -> done(machine::stop));
		table.put("StateMachine.join", () -> done(() -> {
			Swing other = create();
			other.over();
			all.of(other).join();
		}));
		table.put("StateMachine.join within", () -> machine.join(SHORT));
		table.put("StateMachine.awaitRest", () -> one.other() & machine.awaitRest(LONG));
		table.put("StateMachine.awaitState", () -> one.other() & machine.awaitState("left", SHORT));
		table.put("StateMachine.history", machine::history);
		table.put("StateMachine.targets", machine::targets);
		table.put("StateMachine.diagram", machine::diagram);
		table.put("StateDiagram.mermaid", () -> machine.diagram().mermaid());
		table.put("StateDiagram.graphviz", () -> machine.diagram().graphviz());
		table.put("StateDiagram.svg", () -> machine.diagram().svg());
		table.put("StateDiagram.of", () -> StateDiagram.of(Swing.class).mermaid());
		table.put("StateMachines.builder", () -> done(() -> StateMachines.builder(this.scheduler)));
		table.put("Builder.build", () -> done(() -> StateMachines.builder(this.scheduler).build().close()));
		table.put("StateMachines.close", () -> done(() -> {
			try (StateMachines others = StateMachines.builder(this.scheduler).build()) {
				others.create(Swing.class).left();
			}
		}));
		table.put("StateMachines.create", () -> done(() -> create().left()));
		table.put("StateMachines.of", () -> all.of(one).name());
		table.put("StateMachines.bind", () -> all.bind(one, null).name());
		table.put("StateMachines.afterCommit", () -> done(() -> all.afterCommit(one::other)));
		table.put("StateMachines.all", () -> all.all(Swing.class));
		table.put("StateMachines.allIn", () -> all.allIn(Swing.class, "left"));
		table.put("StateMachines.counts", () -> all.counts(Swing.class));
		table.put("StateMachines.failed", all::failed);
		table.put("StateMachines.visit", () -> done(() -> all.visit(machine, one::other)));
		table.put("StateMachines.followVisitor", () -> done(() -> all.followVisitor(machine)));
		return table;
	}

	private Swing create() {
		return this.machines.create(Swing.class);
	}

	private static @Nullable Object done(GreenTask task) throws Exception {
		task.run();
		return null;
	}

	static Set<String> names() {
		StateEntryPointFaultTests tests = new StateEntryPointFaultTests();
		try {
			return tests.table().keySet();
		}
		finally {
			tests.close();
		}
	}

	static List<Unusual> foreign() {
		return Unusual.fromForeignCode();
	}

	@Test
	@DisplayName("F01 F03 every entry point of state machines has its line in the table of faults")
	void everyEntryPoint() {
		Set<String> missing = new TreeSet<>();
		for (Class<?> type : TYPES) {
			Arrays.stream(type.getDeclaredMethods())
				.filter((method) -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
				.filter((method) -> !method.getName().equals("toString"))
				.forEach((method) -> missing.add(type.getSimpleName() + "." + method.getName()));
		}
		missing.removeAll(names());
		missing.removeAll(NO_ENTRY);
		assertThat(missing).as("give these an entry in table(), or say in NO_ENTRY that they need none").isEmpty();
	}

	@ParameterizedTest
	@MethodSource("names")
	@DisplayName("F03 a stack that overflows in any of its last frames: no machine is stuck, and the next move is made")
	void overflow(String name) throws Exception {
		this.swing.left();
		LastFrames.Outcome outcome = LastFrames.of(1_200)
			.untilReturned()
			.rounds(3)
			.afterwards(() -> done(() -> assertThat(Thread.interrupted()).as("an interrupt afterwards").isFalse()))
			.call(table().get(name))
			.assertReturned();
		assertThat(outcome.others()).noneMatch(AssertionError.class::isInstance);
		assertServes(name);
	}

	@ParameterizedTest
	@MethodSource("names")
	@DisplayName("F03 no thread can be had in the call: no machine is stuck, and the next move is made")
	void noThread(String name) throws Exception {
		for (int starts = 1; starts <= 3; starts++) {
			this.shortage.next(starts);
			attempt(name);
		}
		this.shortage.begin();
		attempt(name);
	}

	@ParameterizedTest
	@MethodSource("foreign")
	@DisplayName("F01 a context that can't be captured, opened or closed: no machine is stuck; what closing throws changes nothing")
	void contextFails(Unusual failure) throws Exception {
		for (String name : names()) {
			this.inCapture = failure;
			attempt(name);
			this.inOpen = failure;
			attempt(name);
			this.inClose = failure;
			assertThat(attempt(name)).as(name).isNull();
		}
	}

	@ParameterizedTest
	@MethodSource("foreign")
	@DisplayName("F01 listeners, observers and clocks that fail at every step: no machine is stuck, and only an interrupt is heard of")
	void listenersFail(Unusual failure) throws Exception {
		for (String name : names()) {
			this.inListener = failure;
			assertHarmless(name, failure);
			this.inClock = failure;
			assertHarmless(name, failure);
		}
	}

	private void assertHarmless(String name, Unusual failure) throws Exception {
		Throwable told = attempt(name);
		if (!(told instanceof InterruptedException && failure == Unusual.INTERRUPTED)) {
			assertThat(told).as(name).isNull();
		}
	}

	/** Returns what the call threw; afterwards all is calm and the machine serves. */
	private @Nullable Throwable attempt(String name) throws Exception {
		Throwable told = catchThrowable(() -> table().get(name).get());
		calm();
		assertServes(name);
		return told;
	}

	/** Afterwards the machine is at rest in a state that it can leave. */
	private void assertServes(String name) throws Exception {
		StateMachine machine = this.machines.of(this.swing);
		assertThat(machine.awaitRest(LONG)).as(name).isTrue();
		this.swing.other();
		assertThat(machine.awaitRest(LONG)).as(name).isTrue();
		assertThat(machine.status()).as(name).isEqualTo(StateMachine.Status.RESTING);
		for (StateMachine each : this.machines.all(Swing.class)) {
			assertThat(each.awaitRest(LONG)).as(name + ", " + each).isTrue();
			each.stop();
			assertThat(each.isDone() || each.status() == StateMachine.Status.NEW).as(name + ", " + each).isTrue();
		}
		this.swing.left();
		assertThat(machine.awaitRest(LONG)).as(name).isTrue();
	}

	private final class Failing implements Observer {

		@Override
		public MachineListener machine(String machine) {
			return new MachineListener() {

				@Override
				public void moved(String from, String to, Duration spent) {
					raise(StateEntryPointFaultTests.this.inListener);
				}

				@Override
				public void rejected(String from, String to) {
					raise(StateEntryPointFaultTests.this.inListener);
				}

				@Override
				public void ended(String state, Duration spent) {
					raise(StateEntryPointFaultTests.this.inListener);
				}

				@Override
				public void failed(String state, Throwable failure) {
					raise(StateEntryPointFaultTests.this.inListener);
				}

			};
		}

	}

	/** A listener that throws whatever it is told. */
	private final class Deaf implements StateListener {

		@Override
		public void moved(StateMachine machine, StateMove move) {
			raise(StateEntryPointFaultTests.this.inListener);
		}

		@Override
		public void rejected(StateMachine machine, IllegalTransitionException rejection) {
			raise(StateEntryPointFaultTests.this.inListener);
		}

		@Override
		public void abandoned(StateMachine machine, String from, String to) {
			raise(StateEntryPointFaultTests.this.inListener);
		}

		@Override
		public void completed(StateMachine machine, String state) {
			raise(StateEntryPointFaultTests.this.inListener);
		}

		@Override
		public void failed(StateMachine machine, Throwable failure) {
			raise(StateEntryPointFaultTests.this.inListener);
		}

		@Override
		public void ended(StateMachine machine) {
			raise(StateEntryPointFaultTests.this.inListener);
		}

	}

	static class Swing {

		volatile Consumer<Runnable> visit = Runnable::run;

		@State(initial = true, transitionsTo = { "left", "right", "relayed" }, timeout = "1h", onTimeout = "right",
				onStart = "leftNext")
		void left() {
		}

		@State(initial = true, transitionsTo = { "left", "broken", "relayed" })
		void right() {
		}

		@State(initial = true, transitionsTo = "left")
		void relayed() {
			this.visit.accept(this::left);
		}

		@State(transitionsTo = "left")
		void broken() {
		}

		@State(initial = true)
		void over() {
		}

		void leftNext(StateHandle next) {
			if (next.machine() == null) {
				throw new IllegalStateException("no machine");
			}
		}

		/** Moves to the other side. */
		boolean other() {
			return otherThan("right");
		}

		boolean otherThan(String first) {
			try {
				if (first.equals("right")) {
					right();
				}
				else {
					relayed();
				}
			}
			catch (IllegalTransitionException there) {
				left();
			}
			return true;
		}

		boolean illegal() {
			try {
				over();
				return false;
			}
			catch (IllegalTransitionException expected) {
				return true;
			}
		}

	}

}
