package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Machines that wait for each other, and moves that are given up. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class StateCircleTests {

	/** So long that nobody takes its end for finding a circle. */
	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(50);

	@RegisterExtension
	final Machines machines = new Machines();

	private final StateMachines states = this.machines.with().stopTimeout(STOP_TIMEOUT).build();

	@FunctionalInterface
	interface Action {

		void run() throws Exception;

	}

	static class Player {

		final CompletableFuture<Void> over = new CompletableFuture<>();

		final CountDownLatch inside = new CountDownLatch(1);

		volatile Action turn = () -> {
		};

		@State(initial = true, transitionsTo = { "won", "lost" })
		void playing() throws Exception {
			this.inside.countDown();
			try {
				this.turn.run();
			}
			finally {
				this.over.complete(null);
			}
		}

		@State(transitionsTo = "playing")
		void won() {
		}

		@State(transitionsTo = "playing")
		void lost() {
		}

	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(ints = { 2, 3, 5 })
	@DisplayName("S39 machines whose bodies move each other in a circle are found at once, with an exception that names it")
	void bodies(int size) throws Exception {
		List<Player> players = new ArrayList<>();
		List<Throwable> rejected = new CopyOnWriteArrayList<>();
		CyclicBarrier asked = new CyclicBarrier(size);
		for (int i = 0; i < size; i++) {
			players.add(this.states.create(Player.class));
		}
		for (int i = 0; i < size; i++) {
			Player mine = players.get(i);
			Player other = players.get((i + 1) % size);
			mine.turn = () -> {
				other.inside.await();
				awaitAll(asked);
				// Is under way from then on, as that body does not end.
				other.won();
				awaitAll(asked);
				Throwable found = catchThrowable(other::lost);
				if (found != null) {
					rejected.add(found);
				}
			};
		}
		long begun = System.nanoTime();
		players.forEach(StateCircleTests::begin);
		for (Player player : players) {
			player.over.get(40, TimeUnit.SECONDS);
		}
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
		assertThat(rejected).isNotEmpty();
		String text = rejected.getFirst().getMessage();
		assertThat(rejected.getFirst()).isInstanceOf(IllegalStateException.class);
		for (Player player : players) {
			assertThat(text).contains(this.states.of(player).name());
			assertThat(this.states.of(player).awaitState("won", Machines.LONG)).isTrue();
			assertThat(Machines.rests(this.states.of(player))).isTrue();
		}
		assertThat(text).contains("in the body of 'playing'").contains("to 'lost'");
	}

	private static void begin(Player player) {
		try {
			player.playing();
		}
		catch (Exception broken) {
			throw new IllegalStateException(broken);
		}
	}

	/** A body is interrupted here, and goes on. */
	private static void awaitAll(CyclicBarrier barrier) {
		CompletableFuture<Void> met = new CompletableFuture<>();
		Thread.startVirtualThread(() -> {
			try {
				barrier.await();
			}
			catch (Exception broken) {
				met.completeExceptionally(broken);
			}
			met.complete(null);
		});
		met.join();
	}

	@RepeatedTest(20)
	@DisplayName("S39 two moved listeners that move each other's machines are found at once")
	void listeners() throws Exception {
		List<StateMachine> both = new CopyOnWriteArrayList<>();
		List<Throwable> rejected = new CopyOnWriteArrayList<>();
		CyclicBarrier moving = new CyclicBarrier(2);
		StateMachines heard = this.machines.with().stopTimeout(STOP_TIMEOUT).listener(new StateListener() {

			@Override
			public void moved(StateMachine machine, StateMove move) {
				if (!move.to().equals("playing") || both.size() < 2) {
					return;
				}
				awaitAll(moving);
				StateMachine other = both.get((both.indexOf(machine) + 1) % 2);
				Throwable found = catchThrowable(() -> ((Player) other.target()).won());
				if (found != null) {
					rejected.add(found);
				}
			}

		}).build();
		Player one = heard.create(Player.class);
		Player two = heard.create(Player.class);
		both.add(heard.of(one));
		both.add(heard.of(two));
		long begun = System.nanoTime();
		CompletableFuture<Void> first = CompletableFuture.runAsync(() -> begin(one));
		CompletableFuture<Void> second = CompletableFuture.runAsync(() -> begin(two));
		CompletableFuture.allOf(first, second).get(40, TimeUnit.SECONDS);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
		assertThat(rejected).isNotEmpty().first().isInstanceOf(IllegalStateException.class);
		assertThat(rejected.getFirst()).hasMessageContaining("machines wait in a circle")
			.hasMessageContaining("just moving to 'playing'");
		assertThat(Machines.rests(heard.of(one))).isTrue();
		assertThat(Machines.rests(heard.of(two))).isTrue();
	}

	static class Careful extends Player {

		final CountDownLatch asked = new CountDownLatch(1);

		final CountDownLatch decided = new CountDownLatch(1);

		@Override
		@State(transitionsTo = "playing", onStart = "decide")
		void lost() {
		}

		void decide(StateHandle next) {
			this.asked.countDown();
			awaitWhatever(this.decided);
		}

	}

	@RepeatedTest(5)
	@DisplayName("S39 a circle that no new wait closes but the end of an onStart, is found soon after it")
	void closedLater() throws Exception {
		Player one = this.states.create(Player.class);
		Careful two = this.states.create(Careful.class);
		CountDownLatch waits = new CountDownLatch(1);
		List<Throwable> rejected = new CopyOnWriteArrayList<>();
		one.turn = () -> {
			two.asked.await();
			// For the onStart of another thread's move.
			waits.countDown();
			keep(rejected, catchThrowable(two::won));
		};
		two.turn = () -> {
			awaitWhatever(waits);
			one.won();
			// For the body that waits above.
			keep(rejected, catchThrowable(one::lost));
		};
		two.playing();
		two.inside.await();
		CompletableFuture<Throwable> outside = CompletableFuture.supplyAsync(() -> catchThrowable(two::lost));
		one.playing();
		waits.await();
		assertThat(this.states.of(one).awaitState("won", Duration.ofMillis(200))).isFalse();
		assertThat(rejected).isEmpty();
		two.decided.countDown();
		one.over.get(20, TimeUnit.SECONDS);
		two.over.get(20, TimeUnit.SECONDS);
		assertThat(outside.get(20, TimeUnit.SECONDS)).isNull();
		assertThat(rejected).isNotEmpty();
		assertThat(rejected.getFirst()).hasMessageContaining("machines wait in a circle");
	}

	private static void keep(List<Throwable> rejected, @Nullable Throwable found) {
		if (found != null) {
			rejected.add(found);
		}
	}

	private static void awaitWhatever(CountDownLatch latch) {
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException goOn) {
				// Not what it waits for.
			}
		}
	}

	@Test
	@DisplayName("S39 two bodies that wait for each other's end are found at once")
	void joins() throws Exception {
		Player one = this.states.create(Player.class);
		Player two = this.states.create(Player.class);
		List<Throwable> rejected = new CopyOnWriteArrayList<>();
		one.turn = () -> {
			two.inside.await();
			keep(rejected, catchThrowable(() -> this.states.of(two).join()));
		};
		two.turn = () -> {
			one.inside.await();
			keep(rejected, catchThrowable(() -> this.states.of(one).join()));
		};
		one.playing();
		two.playing();
		CompletableFuture.anyOf(one.over, two.over).get(40, TimeUnit.SECONDS);
		assertThat(rejected.getFirst()).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("machines wait in a circle");
		this.states.of(one).stop();
		this.states.of(two).stop();
		assertThat(Machines.ended(this.states.of(one))).isTrue();
		assertThat(Machines.ended(this.states.of(two))).isTrue();
	}

	/** How a body may wait for another machine with a limit. */
	enum TimedWait {

		JOIN {
			@Override
			boolean await(StateMachine machine, Duration limit) throws InterruptedException {
				return machine.join(limit);
			}
		},
		REST {
			@Override
			boolean await(StateMachine machine, Duration limit) throws InterruptedException {
				return machine.awaitRest(limit);
			}
		},
		STATE {
			@Override
			boolean await(StateMachine machine, Duration limit) throws InterruptedException {
				return machine.awaitState("won", limit);
			}
		};

		abstract boolean await(StateMachine machine, Duration limit) throws InterruptedException;

	}

	/** Has bodies wait for each other in a circle; returns what they throw. */
	private List<CompletableFuture<Throwable>> waitInACircle(List<Player> players, TimedWait how, Duration limit) {
		List<CompletableFuture<Throwable>> outcomes = new ArrayList<>();
		for (int i = 0; i < players.size(); i++) {
			CompletableFuture<Throwable> outcome = new CompletableFuture<>();
			outcomes.add(outcome);
			Player other = players.get((i + 1) % players.size());
			players.get(i).turn = () -> {
				other.inside.await();
				outcome.complete(catchThrowable(() -> how.await(this.states.of(other), limit)));
			};
		}
		players.forEach(StateCircleTests::begin);
		return outcomes;
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@EnumSource
	@DisplayName("S39 bodies that wait for each other with a limit are told of in the log at once, and a move from outside still ends the wait")
	void timedWaits(TimedWait how, CapturedOutput output) throws Exception {
		List<Player> players = List.of(this.states.create(Player.class), this.states.create(Player.class),
				this.states.create(Player.class));
		List<CompletableFuture<Throwable>> outcomes = waitInACircle(players, how, Duration.ofSeconds(40));
		Until.until("the log", () -> output.getOut().contains("up to 40s; a move or a stop from outside"));
		for (Player player : players) {
			assertThat(output.getOut()).contains("%s, in the body of 'playing', waits for".formatted(name(player)));
		}
		players.getFirst().won();
		assertThat(outcomes.getFirst().get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
		players.forEach((player) -> this.states.of(player).stop());
		for (CompletableFuture<Throwable> outcome : outcomes) {
			Throwable thrown = outcome.get(20, TimeUnit.SECONDS);
			assertThat(thrown == null || thrown instanceof InterruptedException).isTrue();
		}
	}

	private String name(Player player) {
		return this.states.of(player).name();
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@EnumSource
	@DisplayName("S39 bodies that poll each other are no circle, and the log says nothing")
	void polls(TimedWait how, CapturedOutput output) throws Exception {
		List<Player> players = List.of(this.states.create(Player.class), this.states.create(Player.class));
		for (CompletableFuture<Throwable> outcome : waitInACircle(players, how, Duration.ofMillis(200))) {
			assertThat(outcome.get(20, TimeUnit.SECONDS)).isNull();
		}
		assertThat(output.getOut()).doesNotContain("circle");
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@EnumSource
	@DisplayName("S39 S20 a body that would wait for its own machine is told so at once, with a limit too, but may look")
	void ownMachine(TimedWait how) throws Exception {
		Player player = this.states.create(Player.class);
		StateMachine machine = this.states.of(player);
		CompletableFuture<List<Object>> seen = new CompletableFuture<>();
		player.turn = () -> seen.complete(List.of(catchThrowable(() -> how.await(machine, STOP_TIMEOUT)),
				how.await(machine, Duration.ZERO), machine.awaitState("playing", STOP_TIMEOUT)));
		player.playing();
		List<Object> looks = seen.get(20, TimeUnit.SECONDS);
		assertThat((Throwable) looks.getFirst()).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("would wait for its own end");
		assertThat(looks.subList(1, 3)).containsExactly(false, true);
	}

	@Test
	@DisplayName("S39 a wait for a machine that others hold up, without a circle, is no circle")
	void noCircle() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		Player one = this.states.create(Player.class);
		Player two = this.states.create(Player.class);
		List<Throwable> rejected = new CopyOnWriteArrayList<>();
		two.turn = () -> awaitWhatever(go);
		one.turn = () -> {
			two.won();
			keep(rejected, catchThrowable(two::lost));
		};
		two.playing();
		two.inside.await();
		one.playing();
		assertThat(this.states.of(one).awaitRest(Duration.ofMillis(500))).isFalse();
		go.countDown();
		assertThat(Machines.rests(this.states.of(one))).isTrue();
		assertThat(rejected).singleElement().isInstanceOf(IllegalTransitionException.class);
	}

	static class Stayer {

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		volatile Action then = () -> {
		};

		@State(initial = true, transitionsTo = { "left", "later" })
		void staying() throws Exception {
			this.inside.countDown();
			while (this.goOn.getCount() > 0) {
				// Computes, and sees no interrupt.
				Thread.onSpinWait();
			}
			this.then.run();
		}

		@State
		void left() {
		}

		@State
		void later() {
		}

	}

	private final CountDownLatch abandoned = new CountDownLatch(1);

	private final StateMachines impatient = this.machines.with()
		.stopTimeout(Duration.ofMillis(50))
		.listener(new StateListener() {

			@Override
			public void abandoned(StateMachine machine, String from, String to) {
				StateCircleTests.this.abandoned.countDown();
			}

		})
		.build();

	private Stayer afterAMoveGivenUp(Action then) throws Exception {
		Stayer stayer = this.impatient.create(Stayer.class);
		stayer.then = then;
		stayer.staying();
		stayer.inside.await();
		stayer.left();
		assertThat(this.abandoned.await(20, TimeUnit.SECONDS)).isTrue();
		return stayer;
	}

	@Test
	@DisplayName("S39 the interrupt of a move that was given up does not fail the machine at the body's next wait")
	void nextWait() throws Exception {
		Stayer stayer = afterAMoveGivenUp(() -> Thread.sleep(Duration.ofMillis(10)));
		StateMachine machine = this.impatient.of(stayer);
		stayer.goOn.countDown();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RESTING);
		assertThat(machine.current()).isEqualTo("staying");
		stayer.later();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
	}

	@Test
	@DisplayName("S39 the interrupt of a move that was given up is gone when the body comes to its machine")
	void nextMove() throws Exception {
		List<Boolean> seen = new CopyOnWriteArrayList<>();
		Stayer stayer = afterAMoveGivenUp(() -> {
		});
		stayer.then = () -> this.impatient.visit(this.impatient.of(stayer),
				() -> seen.add(Thread.currentThread().isInterrupted()));
		stayer.goOn.countDown();
		assertThat(Machines.rests(this.impatient.of(stayer))).isTrue();
		assertThat(seen).containsExactly(false);
		assertThat(this.impatient.of(stayer).exception()).isNull();
	}

	@Test
	@DisplayName("S39 a stop that comes after a move was given up is not taken back")
	void stoppedLater() throws Exception {
		Stayer stayer = afterAMoveGivenUp(() -> Thread.sleep(Duration.ofDays(1)));
		StateMachine machine = this.impatient.of(stayer);
		machine.stop();
		stayer.goOn.countDown();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
	}

	@Test
	@DisplayName("S39 a failure after a move was given up is a failure")
	void failedLater() throws Exception {
		Stayer stayer = afterAMoveGivenUp(() -> {
			throw new IllegalStateException("broken");
		});
		StateMachine machine = this.impatient.of(stayer);
		stayer.goOn.countDown();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.exception()).hasMessage("broken");
	}

}
