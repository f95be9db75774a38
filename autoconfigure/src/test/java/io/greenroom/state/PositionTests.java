package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.green.GreenTask;
import io.greenroom.green.internal.Explained;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Where a machine is, and that whoever waits for a change is woken by it. */
@Timeout(60)
class PositionTests {

	/** So long that no wait ends by itself before its test has failed. */
	private static final Duration AGES = Duration.ofHours(1);

	@RegisterExtension
	final Machines machines = new Machines();

	/** Asks something that may wait. */
	@FunctionalInterface
	interface Question<T> {

		T ask() throws Exception;

	}

	/** Asks on a thread of its own, and returns when that waits for the machine. */
	private static <T> CompletableFuture<T> waiting(Question<T> question) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		awaitsAChange(Thread.startVirtualThread(() -> {
			try {
				answer.complete(question.ask());
			}
			catch (Throwable failure) {
				answer.completeExceptionally(failure);
			}
		}));
		return answer;
	}

	private static void awaitsAChange(Thread thread) {
		while (!(LockSupport.getBlocker(thread) instanceof Explained)) {
			assertThat(thread.isAlive()).as("waits for the machine").isTrue();
			Thread.yield();
		}
	}

	private static <T> T answer(CompletableFuture<T> question) throws Exception {
		return question.get(20, TimeUnit.SECONDS);
	}

	static class Stages {

		@State(initial = true, transitionsTo = "middle")
		void first() {
		}

		@State(transitionsTo = "last")
		void middle() {
		}

		@State
		void last() {
		}

	}

	@Test
	@DisplayName("S20 each who waits is woken by what it waits for, also behind others who wait for something later")
	void everybodyIsWoken() throws Exception {
		Stages stages = this.machines.create(Stages.class);
		StateMachine machine = this.machines.of(stages);
		CompletableFuture<Boolean> end = waiting(() -> machine.join(AGES));
		CompletableFuture<Boolean> last = waiting(() -> machine.awaitState("last", AGES));
		CompletableFuture<Boolean> middle = waiting(() -> machine.awaitState("middle", AGES));
		stages.first();
		assertThat(Machines.rests(machine)).isTrue();
		stages.middle();
		assertThat(answer(middle)).isTrue();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(last).isNotDone();
		stages.last();
		assertThat(answer(last)).isTrue();
		assertThat(answer(end)).isTrue();
	}

	@Test
	@DisplayName("S20 who waits for a state need not wait until the listeners have heard")
	void listenersHoldNobodyUp() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		StateMachines states = this.machines.with().listener(new StateListener() {
			@Override
			public void moved(StateMachine machine, StateMove move) {
				await(goOn);
			}
		}).build();
		Stages stages = states.create(Stages.class);
		StateMachine machine = states.of(stages);
		CompletableFuture<Boolean> first = waiting(() -> machine.awaitState("first", AGES));
		Thread mover = Thread.startVirtualThread(stages::first);
		try {
			assertThat(answer(first)).isTrue();
		}
		finally {
			goOn.countDown();
		}
		assertThat(mover.join(Machines.LONG)).isTrue();
	}

	@Test
	@DisplayName("S21 the next move begins when the listeners have heard of the last one")
	void listenersHearInOrder() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		List<String> heard = Collections.synchronizedList(new ArrayList<>());
		StateMachines states = this.machines.with().listener(new StateListener() {
			@Override
			public void moved(StateMachine machine, StateMove move) {
				await(goOn);
				heard.add(move.to());
			}
		}).build();
		Stages stages = states.create(Stages.class);
		StateMachine machine = states.of(stages);
		CompletableFuture<Boolean> first = waiting(() -> machine.awaitState("first", AGES));
		Thread mover = Thread.startVirtualThread(stages::first);
		assertThat(answer(first)).isTrue();
		CompletableFuture<Boolean> middle = waiting(() -> {
			stages.middle();
			return true;
		});
		goOn.countDown();
		assertThat(answer(middle)).isTrue();
		assertThat(mover.join(Machines.LONG)).isTrue();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(heard).containsExactly("first", "middle");
	}

	@Test
	@DisplayName("S10 an interrupt does not cut the wait for another move short, and stays set on who waits")
	void interruptedWhileWaitingToMove() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		StateMachines states = this.machines.with().stopTimeout(AGES).listener(new StateListener() {
			@Override
			public void moved(StateMachine machine, StateMove move) {
				if (move.to().equals("first")) {
					await(goOn);
				}
			}
		}).build();
		Stages stages = states.create(Stages.class);
		StateMachine machine = states.of(stages);
		CompletableFuture<Boolean> first = waiting(() -> machine.awaitState("first", AGES));
		Thread mover = Thread.startVirtualThread(stages::first);
		assertThat(answer(first)).isTrue();
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread second = Thread.startVirtualThread(() -> {
			stages.middle();
			interrupted.complete(Thread.currentThread().isInterrupted());
		});
		awaitsAChange(second);
		second.interrupt();
		Until.until("the interrupt to be seen", () -> !second.isInterrupted());
		assertThat(interrupted).isNotDone();
		goOn.countDown();
		assertThat(answer(interrupted)).isTrue();
		assertThat(mover.join(Machines.LONG)).isTrue();
	}

	@Test
	@DisplayName("S20 a machine that is to remember no moves remembers none")
	void noHistory() throws Exception {
		StateMachines states = this.machines.with().historySize(0).build();
		Stages stages = states.create(Stages.class);
		stages.first();
		assertThat(Machines.rests(states.of(stages))).isTrue();
		stages.middle();
		assertThat(Machines.rests(states.of(stages))).isTrue();
		assertThat(states.of(stages).history()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5, 7, 16, 1000 })
	@DisplayName("S20 the history is the last moves in their order, after each move and for each size")
	void boundedHistory(int size) throws Exception {
		StateMachines states = this.machines.with().historySize(size).build();
		Lamp lamp = states.create(Lamp.class);
		StateMachine machine = states.of(lamp);
		List<StateMove> all = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			GreenTask move = (i % 2 == 0) ? lamp::off : lamp::on;
			machine.moveAndWait(move, Machines.LONG);
			all.add(machine.history().getLast());
			assertThat(machine.history())
				.containsExactlyElementsOf(all.subList(Math.max(0, all.size() - size), all.size()));
			assertThat(all.getLast().to()).isEqualTo((i % 2 == 0) ? "off" : "on");
		}
	}

	static class Lamp {

		@State(initial = true, transitionsTo = "on")
		protected void off() {
		}

		@State(transitionsTo = "off")
		protected void on() {
		}

	}

	static class Hesitant {

		final CountDownLatch asked = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		@State(initial = true, onStart = "hesitate")
		void begin(boolean rejected) {
		}

		void hesitate(StateHandle next, Object... args) {
			if (Boolean.TRUE.equals(args[0])) {
				this.asked.countDown();
				await(this.goOn);
				throw new IllegalArgumentException("rejected");
			}
		}

	}

	@Test
	@DisplayName("S08 a move that waits for one whose onStart throws takes place then")
	void behindARejectedOne() throws Exception {
		StateMachines states = this.machines.with().stopTimeout(AGES).build();
		Hesitant hesitant = states.create(Hesitant.class);
		Thread rejected = Thread.ofVirtual().unstarted(() -> hesitant.begin(true));
		rejected.setUncaughtExceptionHandler((thread, expected) -> assertThat(expected).hasMessage("rejected"));
		rejected.start();
		hesitant.asked.await();
		CompletableFuture<Boolean> second = waiting(() -> {
			hesitant.begin(false);
			return true;
		});
		hesitant.goOn.countDown();
		assertThat(answer(second)).isTrue();
		assertThat(Machines.ended(states.of(hesitant))).isTrue();
		assertThat(rejected.join(Machines.LONG)).isTrue();
	}

	/** Lets a visitor in who asks for a move while one from outside begins. */
	static class Visited {

		final StateMachines states;

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch visit = new CountDownLatch(1);

		final CountDownLatch announced = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		final CompletableFuture<Throwable> told = new CompletableFuture<>();

		final AtomicReference<@Nullable Thread> body = new AtomicReference<>();

		Visited(StateMachines states) {
			this.states = states;
		}

		@State(initial = true, transitionsTo = { "asked", "own" })
		void open() {
			this.body.set(Thread.currentThread());
			this.states.visit(this.states.of(this), () -> {
				this.inside.countDown();
				PositionTests.await(this.visit);
				try {
					own();
				}
				catch (RuntimeException rejection) {
					this.told.complete(rejection);
				}
			});
		}

		@State(onStart = "announce")
		void asked() {
		}

		@State
		void own() {
		}

		void announce(StateHandle next) {
			this.announced.countDown();
			PositionTests.await(this.goOn);
		}

	}

	private Visited visitedDuringAMove(StateMachines states) throws Exception {
		Visited visited = states.create(Visited.class, states);
		visited.open();
		assertThat(visited.inside.await(20, TimeUnit.SECONDS)).isTrue();
		Thread.ofVirtual().start(() -> {
			try {
				visited.asked();
			}
			catch (IllegalTransitionException stopped) {
				assertThat(stopped).hasMessageContaining("stopped");
			}
		});
		assertThat(visited.announced.await(20, TimeUnit.SECONDS)).isTrue();
		visited.visit.countDown();
		awaitsAChange(visited.body.get());
		return visited;
	}

	@Test
	@DisplayName("S10 a call that a body has let in, and that asks for another move while one begins, is told of that one at once")
	void visitorLearnsOfTheMove() throws Exception {
		StateMachines states = this.machines.with().stopTimeout(AGES).build();
		Visited visited = visitedDuringAMove(states);
		visited.goOn.countDown();
		assertThat(answer(visited.told)).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("is about to move to 'asked' and can't be moved to 'own' first");
		assertThat(Machines.ended(states.of(visited))).isTrue();
		assertThat(states.of(visited).current()).isEqualTo("asked");
	}

	@Test
	@DisplayName("S15 a call that a body has let in, and that waits to move it, learns of a stop at once")
	void visitorLearnsOfTheStop() throws Exception {
		StateMachines states = this.machines.with().stopTimeout(AGES).build();
		Visited visited = visitedDuringAMove(states);
		states.of(visited).stop();
		assertThat(answer(visited.told)).isInstanceOf(IllegalTransitionException.class)
			.hasMessageContaining("was stopped meanwhile");
		visited.goOn.countDown();
		assertThat(Machines.ended(states.of(visited))).isTrue();
		assertThat(states.of(visited).status()).isEqualTo(StateMachine.Status.STOPPED);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
