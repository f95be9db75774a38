package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.testkit.Rounds;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Moves from outside, onStart, timeouts, stop and the handle. */
@Timeout(60)
class StateMoveTests {

	@RegisterExtension
	final Machines machines = new Machines();

	/** Holds in its first state until it is interrupted or let go. */
	static class Holding {

		final List<String> log = Collections.synchronizedList(new ArrayList<>());

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		volatile boolean stubborn;

		@State(initial = true, transitionsTo = { "next", "held" })
		void held() throws InterruptedException {
			this.inside.countDown();
			while (true) {
				try {
					this.release.await();
					this.log.add("released");
					return;
				}
				catch (InterruptedException ex) {
					this.log.add("interrupted");
					if (!this.stubborn) {
						throw ex;
					}
				}
			}
		}

		@State(transitionsTo = "last")
		void next() {
			this.log.add("next" + Thread.currentThread().isInterrupted());
		}

		@State
		void last() {
			this.log.add("last");
		}

	}

	@Test
	@DisplayName("S10 an illegal move from outside is rejected to the issuer, and the body goes on")
	void illegalFromOutside() throws Exception {
		Holding holding = this.machines.create(Holding.class);
		holding.held();
		holding.inside.await();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(holding::last)
			.withMessageContainingAll("'held'", "'last'", "[next, held]");
		StateMachine machine = this.machines.of(holding);
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RUNNING);
		holding.release.countDown();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(holding.log).containsExactly("released");
	}

	@Test
	@DisplayName("S10 a legal move from outside interrupts the body and starts the next one when it has ended")
	void legalFromOutside() throws Exception {
		Holding holding = this.machines.create(Holding.class);
		holding.held();
		holding.inside.await();
		holding.next();
		StateMachine machine = this.machines.of(holding);
		assertThat(machine.awaitState("next", Machines.LONG)).isTrue();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(holding.log).containsExactly("interrupted", "nextfalse");
		assertThat(machine.exception()).isNull();
	}

	@Test
	@DisplayName("S10 a body that does not end within the stop timeout fails the move, is reported, and the state stays")
	void stubbornBody() throws Exception {
		CountDownLatch reported = new CountDownLatch(1);
		StateMachines impatient = this.machines.with().stopTimeout(Duration.ofMillis(50)).listener(new StateListener() {
			@Override
			public void abandoned(StateMachine machine, String from, String to) {
				if (from.equals("held") && to.equals("next")) {
					reported.countDown();
				}
			}
		}).build();
		Holding holding = impatient.create(Holding.class);
		holding.stubborn = true;
		holding.held();
		holding.inside.await();
		holding.next();
		assertThat(reported.await(20, TimeUnit.SECONDS)).isTrue();
		StateMachine machine = impatient.of(holding);
		assertThat(machine.current()).isEqualTo("held");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RUNNING);
		holding.release.countDown();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(holding.log).containsExactly("interrupted", "released");
		assertThat(machine.current()).isEqualTo("held");
	}

	/** Notices two bodies at once. */
	static class Busy {

		final AtomicInteger bodies = new AtomicInteger();

		final AtomicInteger clashes = new AtomicInteger();

		@State(transitionsTo = { "right", "up" })
		void left() {
			work();
		}

		@State(transitionsTo = { "left", "up" })
		void right() {
			work();
			if (ThreadLocalRandom.current().nextInt(4) == 0) {
				left();
			}
		}

		@State(transitionsTo = { "left", "right", "up" })
		void up() {
			work();
		}

		private void work() {
			if (this.bodies.incrementAndGet() != 1) {
				this.clashes.incrementAndGet();
			}
			if (ThreadLocalRandom.current().nextBoolean()) {
				Thread.yield();
			}
			this.bodies.decrementAndGet();
		}

	}

	@Test
	@DisplayName("S10 10 000 rounds of moves from several threads: never two bodies, and the history is a path")
	void racingMoves() throws Exception {
		List<StateMove> path = Collections.synchronizedList(new ArrayList<>());
		StateMachines states = this.machines.with().listener(new StateListener() {
			@Override
			public void moved(StateMachine machine, StateMove move) {
				path.add(move);
			}
		}).build();
		Busy busy = states.create(Busy.class);
		Runnable[] moves = { busy::left, busy::right, busy::up };
		List<Thread> movers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			movers.add(Thread.startVirtualThread(() -> {
				for (int round = 0; round < Rounds.of(2_500); round++) {
					try {
						moves[ThreadLocalRandom.current().nextInt(moves.length)].run();
					}
					catch (IllegalTransitionException rejected) {
						Thread.onSpinWait();
					}
				}
			}));
		}
		for (Thread mover : movers) {
			mover.join();
		}
		StateMachine machine = states.of(busy);
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(busy.clashes).hasValue(0);
		assertThat(machine.exception()).isNull();
		assertThat(path).hasSizeGreaterThan(100);
		String at = null;
		for (StateMove move : path) {
			assertThat(move.from()).isEqualTo(at);
			if (at != null) {
				assertThat(StateClass.of(Busy.class).table().state(at).targets()).contains(move.to());
			}
			at = move.to();
		}
		assertThat(machine.current()).isEqualTo(at);
	}

	static class Helped {

		final CountDownLatch asked = new CountDownLatch(1);

		volatile boolean returned;

		@State(initial = true, transitionsTo = "after")
		void work() throws InterruptedException {
			Thread helper = Thread.startVirtualThread(() -> {
				after();
				this.returned = true;
				this.asked.countDown();
			});
			helper.join();
			new CountDownLatch(1).await();
		}

		@State
		void after() {
		}

	}

	@Test
	@DisplayName("S11 a helper thread's move belongs to the machine, returns to the helper and interrupts the body")
	void helperThread() throws Exception {
		Helped helped = this.machines.create(Helped.class);
		helped.work();
		StateMachine machine = this.machines.of(helped);
		assertThat(Machines.ended(machine)).isTrue();
		helped.asked.await();
		assertThat(helped.returned).isTrue();
		assertThat(machine.current()).isEqualTo("after");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
	}

	/** Records what onStart sees. */
	static class Announced {

		final List<String> log = Collections.synchronizedList(new ArrayList<>());

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		volatile boolean reject;

		volatile @Nullable Thread startThread;

		volatile @Nullable Thread bodyThread;

		volatile @Nullable StateHandle handle;

		@State(initial = true, transitionsTo = { "second", "first" }, onStart = "announce")
		void first(String what) throws InterruptedException {
			this.bodyThread = Thread.currentThread();
			this.log.add("first " + what);
			this.inside.countDown();
			this.release.await();
			second(7);
		}

		@State(transitionsTo = "third", onStart = "announce")
		void second(int number) {
			this.log.add("second " + number);
			try {
				third();
			}
			catch (IllegalArgumentException rejected) {
				this.log.add("went on");
			}
		}

		@State(onStart = "reject")
		void third() {
			this.log.add("third");
		}

		void announce(StateHandle next, Object... args) {
			this.log.add("on " + next.state() + List.of(args) + next.isStarted());
			this.startThread = Thread.currentThread();
			this.handle = next;
			if (this.reject) {
				throw new IllegalArgumentException("rejected");
			}
		}

		void reject(StateHandle next) {
			throw new IllegalArgumentException("rejected");
		}

	}

	@Test
	@DisplayName("S06 onStart gets handle and arguments; S07 it runs on the asking thread before the body")
	void onStart() throws Exception {
		Announced announced = this.machines.create(Announced.class);
		announced.first("x");
		assertThat(announced.startThread).isSameAs(Thread.currentThread());
		announced.inside.await();
		assertThat(announced.handle).isNotNull().satisfies((handle) -> {
			assertThat(handle.isStarted()).isTrue();
			assertThat(handle.machine()).isSameAs(this.machines.of(announced));
		});
		announced.release.countDown();
		assertThat(Machines.rests(this.machines.of(announced))).isTrue();
		assertThat(announced.log).containsExactly("on first[x]false", "first x", "on second[7]false", "second 7",
				"went on");
		assertThat(announced.startThread).isSameAs(announced.bodyThread);
	}

	@Test
	@DisplayName("S08 onStart that throws: nothing has moved, the issuer gets it, the old state goes on")
	void onStartThrows() throws Exception {
		Announced announced = this.machines.create(Announced.class);
		announced.reject = true;
		assertThatIllegalArgumentException().isThrownBy(() -> announced.first("x")).withMessage("rejected");
		StateMachine machine = this.machines.of(announced);
		assertThat(machine.status()).isEqualTo(StateMachine.Status.NEW);
		announced.reject = false;
		announced.first("x");
		announced.inside.await();
		announced.reject = true;
		assertThatIllegalArgumentException().isThrownBy(() -> announced.second(1)).withMessage("rejected");
		assertThat(machine.current()).isEqualTo("first");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RUNNING);
		announced.reject = false;
		announced.release.countDown();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(announced.log).contains("second 7", "went on").doesNotContain("third");
		assertThat(machine.current()).isEqualTo("second");
	}

	static class Timed {

		final CountDownLatch never = new CountDownLatch(1);

		@State(initial = true, transitionsTo = { "withered", "rested" }, timeout = "20ms", onTimeout = "withered")
		void flowering() throws InterruptedException {
			this.never.await();
		}

		@State(initial = true, transitionsTo = "withered", timeout = "20ms", onTimeout = "withered")
		void rested() {
		}

		@State
		void withered() {
		}

	}

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

	/** Checks that the moves follow each other and are declared. */
	private static void assertPath(Class<?> type, StateMachine machine) {
		String at = null;
		for (StateMove move : machine.history()) {
			if (at != null) {
				assertThat(move.from()).isEqualTo(at);
				assertThat(StateClass.of(type).table().state(at).targets()).contains(move.to());
			}
			at = move.to();
		}
		assertThat(machine.current()).isEqualTo(at);
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
		assertPath(Punctual.class, machine);
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

	static class Runner {

		final AtomicInteger bodies = new AtomicInteger();

		final AtomicInteger clashes = new AtomicInteger();

		@State(transitionsTo = "b")
		void a() {
			run(this::b);
		}

		@State(transitionsTo = "a")
		void b() {
			run(this::a);
		}

		private void run(Runnable next) {
			if (this.bodies.incrementAndGet() != 1) {
				this.clashes.incrementAndGet();
			}
			try {
				next.run();
			}
			finally {
				this.bodies.decrementAndGet();
			}
		}

	}

	@Test
	@DisplayName("S15 stop wins over the machine's own moves, 10 000 rounds: no successor lives, never two bodies")
	void stopRaces() throws Exception {
		for (int batch = 0; batch < 500; batch++) {
			// Side by side, so that a round need not wait for a thread of its own.
			List<Runner> runners = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				Runner runner = this.machines.create(Runner.class);
				runner.a();
				runners.add(runner);
			}
			Collections.shuffle(runners, ThreadLocalRandom.current());
			runners.forEach((runner) -> this.machines.of(runner).stop());
			for (Runner runner : runners) {
				StateMachine machine = this.machines.of(runner);
				assertThat(Machines.ended(machine)).isTrue();
				assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
				assertThat(runner.bodies).hasValue(0);
				assertThat(runner.clashes).hasValue(0);
				assertPath(Runner.class, machine);
			}
		}
	}

	@Test
	@DisplayName("S15 stop ends a body that blocks, a machine at rest, and a start whose onStart is still running")
	void stop() throws Exception {
		Holding blocked = this.machines.create(Holding.class);
		blocked.held();
		blocked.inside.await();
		StateMachine machine = this.machines.of(blocked);
		machine.stop();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		assertThat(machine.exception()).isNull();
		Holding resting = this.machines.create(Holding.class);
		resting.release.countDown();
		resting.held();
		assertThat(Machines.rests(this.machines.of(resting))).isTrue();
		this.machines.of(resting).stop();
		assertThat(this.machines.of(resting).status()).isEqualTo(StateMachine.Status.STOPPED);
		SelfStopping stopping = this.machines.create(SelfStopping.class, this.machines.states);
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(stopping::begin)
			.withMessageContaining("was stopped meanwhile");
		assertThat(this.machines.of(stopping).status()).isEqualTo(StateMachine.Status.NEW);
	}

	static class SelfStopping {

		final StateMachines states;

		SelfStopping(StateMachines states) {
			this.states = states;
		}

		@State(onStart = "stopFirst")
		void begin() {
			throw new AssertionError("ran");
		}

		void stopFirst(StateHandle next) {
			next.machine().stop();
		}

	}

	@Test
	@DisplayName("S20 the handle: state, since, bounded history, waiting")
	void handle() throws Exception {
		StateMachines forgetful = this.machines.with().historySize(2).build();
		Holding holding = forgetful.create(Holding.class);
		StateMachine machine = forgetful.of(holding);
		assertThat(machine.current()).isNull();
		assertThat(machine.since()).isNull();
		assertThat(machine.awaitState("held", Duration.ZERO)).isFalse();
		assertThat(machine.join(Duration.ofMillis(1))).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> machine.awaitState("hold", Duration.ZERO))
			.withMessageContainingAll("'hold'", "held, last, next");
		assertThatIllegalArgumentException().isThrownBy(() -> machine.join(Duration.ofMillis(-1)))
			.withMessageContaining("negative");
		holding.release.countDown();
		holding.held();
		assertThat(machine.awaitState("held", Machines.LONG)).isTrue();
		assertThat(Machines.rests(machine)).isTrue();
		holding.next();
		assertThat(Machines.rests(machine)).isTrue();
		holding.last();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.history()).extracting(StateMove::to).containsExactly("next", "last");
		assertThat(machine.since()).isEqualTo(machine.history().getLast().at());
		assertThat(machine.awaitState("last", Duration.ZERO)).isTrue();
		assertThat(machine.awaitState("held", Machines.LONG)).isFalse();
		assertThat(machine.name()).startsWith("Holding#");
		assertThat(machine.target()).isSameAs(holding);
		assertThat(machine).hasToString("StateMachine[" + machine.name() + ", DONE in last]");
	}

	@Test
	@DisplayName("S21 listeners hear each move, rejection and end once; M02 one that fails stops nothing")
	void listeners() throws Exception {
		List<String> heard = Collections.synchronizedList(new ArrayList<>());
		CountDownLatch ended = new CountDownLatch(1);
		StateMachines states = this.machines.with().listener(new StateListener() {
			@Override
			public void moved(StateMachine machine, StateMove move) {
				throw new IllegalStateException("a listener that fails");
			}
		}).listener(new StateListener() {
			@Override
			public void moved(StateMachine machine, StateMove move) {
				heard.add(move.from() + ">" + move.to() + " in " + machine.current());
			}

			@Override
			public void rejected(StateMachine machine, IllegalTransitionException rejection) {
				heard.add("rejected " + rejection.to());
			}

			@Override
			public void ended(StateMachine machine) {
				heard.add("ended " + machine.status());
				ended.countDown();
			}
		}).build();
		Holding holding = states.create(Holding.class);
		holding.release.countDown();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(holding::last);
		holding.held();
		Machines.rests(states.of(holding));
		holding.next();
		Machines.rests(states.of(holding));
		holding.last();
		assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(heard).containsExactly("rejected last", "null>held in held", "held>next in next",
				"next>last in last", "ended DONE");
	}

	static class Impatient {

		@State(transitionsTo = "b", onStart = "hurry")
		void a() {
		}

		@State
		void b() {
		}

		void hurry(StateHandle next) {
			b();
		}

	}

	@Test
	@DisplayName("S08 what runs as part of a move can't make another, and is told so")
	void moveWithinMove() {
		Impatient impatient = this.machines.create(Impatient.class);
		assertThatIllegalStateException().isThrownBy(impatient::a).withMessageContaining("is just moving to 'a'");
		assertThat(this.machines.of(impatient).status()).isEqualTo(StateMachine.Status.NEW);
	}

	@Test
	@DisplayName("S28 a draining scheduler takes no more moves from outside, and a body it kills stops its machine")
	void drain() throws Exception {
		Holding holding = this.machines.create(Holding.class);
		holding.held();
		holding.inside.await();
		Timed resting = this.machines.create(Timed.class);
		assertThat(this.machines.scheduler.drain(Duration.ZERO).stuck()).isEmpty();
		StateMachine machine = this.machines.of(holding);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		assertThatIllegalStateException().isThrownBy(resting::rested).withMessageContaining("shutting down");
	}

}
