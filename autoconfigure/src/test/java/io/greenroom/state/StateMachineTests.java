package io.greenroom.state;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Moves, rejections, ends and rest of machines without Spring. */
class StateMachineTests {

	@RegisterExtension
	final Machines machines = new Machines();

	/** Says in order what happened. */
	static class Recorded {

		final List<String> log = Collections.synchronizedList(new ArrayList<>());

		void say(String what) {
			this.log.add(what);
		}

	}

	static class Chain extends Recorded {

		volatile boolean virtual;

		final CountDownLatch hold = new CountDownLatch(1);

		@State(initial = true, transitionsTo = "b")
		void a() throws InterruptedException {
			this.virtual = Thread.currentThread().isVirtual();
			this.hold.await();
			say("a");
			b();
			say("after b");
		}

		@State(transitionsTo = "c")
		void b() {
			say("b");
			c();
		}

		@State
		void c() {
			say("c");
		}

	}

	@Test
	@DisplayName("S01 the initial state called from outside returns at once and runs on a green thread")
	void initialStateReturnsAtOnce() throws Exception {
		Chain chain = this.machines.create(Chain.class);
		chain.a();
		StateMachine machine = this.machines.of(chain);
		assertThat(chain.log).isEmpty();
		assertThat(machine.current()).isEqualTo("a");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RUNNING);
		chain.hold.countDown();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(chain.virtual).isTrue();
	}

	@Test
	@DisplayName("S02 a to b to c moves in order and ends done; S09 code after a legal move never runs")
	void movesInOrder() throws Exception {
		Chain chain = this.machines.create(Chain.class);
		chain.hold.countDown();
		chain.a();
		StateMachine machine = this.machines.of(chain);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
		assertThat(machine.exception()).isNull();
		assertThat(chain.log).containsExactly("a", "b", "c");
		assertThat(machine.history()).extracting((move) -> move.from() + ">" + move.to())
			.containsExactly("null>a", "a>b", "b>c");
		assertThat(machine).isSameAs(this.machines.of(chain));
	}

	static class PingPong {

		int rounds;

		int deepest;

		@State(initial = true, transitionsTo = { "pong", "over" })
		void ping() {
			if (++this.rounds == 50_000) {
				over();
			}
			pong();
		}

		@State(transitionsTo = "ping")
		void pong() {
			if (this.rounds % 5000 == 0) {
				this.deepest = Math.max(this.deepest, new Throwable().getStackTrace().length);
			}
			ping();
		}

		@State
		void over() {
		}

	}

	@Test
	@DisplayName("S03 100 000 moves end without stack growth")
	void manyMoves() throws Exception {
		PingPong game = this.machines.create(PingPong.class);
		game.ping();
		assertThat(this.machines.of(game).join(Duration.ofMinutes(1))).isTrue();
		assertThat(game.rounds).isEqualTo(50_000);
		assertThat(game.deepest).isBetween(1, 40);
	}

	static class Strict extends Recorded {

		@State(initial = true, transitionsTo = "b")
		void a() {
			try {
				c();
			}
			catch (IllegalTransitionException ex) {
				say(String.valueOf(ex.getMessage()));
			}
			b();
		}

		@State(transitionsTo = { "b", "c" })
		void b() {
			a();
		}

		@State
		void c() {
			say("c ran");
		}

	}

	@Test
	@DisplayName("S04 an undeclared move is rejected in the body, which may go on; S05 uncaught it fails the machine")
	void undeclaredMove() throws Exception {
		Strict strict = this.machines.create(Strict.class);
		strict.a();
		StateMachine machine = this.machines.of(strict);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(strict.log).singleElement()
			.asString()
			.contains(machine.name(), "'a'", "'c'", "declared are [b]", "transitionsTo of a()");
		assertThat(machine.current()).isEqualTo("b");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
		assertThat(machine.exception()).isInstanceOfSatisfying(IllegalTransitionException.class, (ex) -> {
			assertThat(ex.machine()).isEqualTo(machine.name());
			assertThat(ex.from()).isEqualTo("b");
			assertThat(ex.to()).isEqualTo("a");
			assertThat(ex.legal()).containsExactly("b", "c");
		});
	}

	static class Careful extends Recorded {

		@State(initial = true, transitionsTo = "catching")
		void cleaning() {
			try {
				catching();
			}
			catch (Exception ex) {
				say("seen as exception");
			}
			finally {
				say("finally");
			}
		}

		@State(transitionsTo = { "wrapping", "ended" })
		void catching() {
			try {
				wrapping();
			}
			catch (Throwable ex) {
				say("caught");
			}
			// Going on regardless: the move made is the move made.
			ended();
			say("went on");
		}

		@State(transitionsTo = "ended")
		void wrapping() {
			try {
				ended();
			}
			catch (Throwable ex) {
				throw new IllegalArgumentException(ex);
			}
		}

		@State
		void ended() {
			say("ended");
		}

	}

	@Test
	@DisplayName("S09 finally blocks run before the successor, catch (Exception) sees nothing, catching Throwable keeps the move")
	void unwinding() throws Exception {
		Careful careful = this.machines.create(Careful.class);
		careful.cleaning();
		StateMachine machine = this.machines.of(careful);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(careful.log).containsExactly("finally", "caught", "ended");
		assertThat(machine.history()).extracting(StateMove::to)
			.containsExactly("cleaning", "catching", "wrapping", "ended");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
	}

	static class Untidy {

		@State(initial = true, transitionsTo = "b")
		void a() {
			try {
				b();
			}
			finally {
				cleanUp();
			}
		}

		@State
		void b() {
		}

		void cleanUp() {
			throw new IllegalArgumentException("clean-up");
		}

	}

	@Test
	@DisplayName("S09 a failure of the clean-up is the machine's, and the successor never starts")
	void failingCleanUp() throws Exception {
		Untidy untidy = this.machines.create(Untidy.class);
		untidy.a();
		StateMachine machine = this.machines.of(untidy);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.exception()).hasMessage("clean-up");
		assertThat(machine.history()).hasSize(1);
	}

	static class Insistent {

		@State(transitionsTo = { "next", "other" })
		void first() {
			try {
				next();
			}
			catch (Throwable unwinding) {
				try {
					next();
				}
				catch (Throwable again) {
					other();
				}
			}
		}

		@State
		void next() {
		}

		@State
		void other() {
		}

	}

	@Test
	@DisplayName("S27 a repeated move while one is pending is not a second one")
	void repeatedMove() throws Exception {
		Insistent insistent = this.machines.create(Insistent.class);
		insistent.first();
		assertThat(Machines.ended(this.machines.of(insistent))).isTrue();
		assertThat(this.machines.of(insistent).history()).extracting(StateMove::to).containsExactly("first", "next");
	}

	static class Loops extends Recorded {

		@State(transitionsTo = "again")
		void once() {
			if (this.log.isEmpty()) {
				once();
			}
		}

		@State(transitionsTo = { "again", "over" })
		void again() {
			say("again");
			if (this.log.size() < 3) {
				again();
			}
			over();
		}

		@State
		void over() {
		}

	}

	@Test
	@DisplayName("S13 a move to itself is an error unless listed, and starts the body anew where it is")
	void selfMove() throws Exception {
		Loops unlisted = this.machines.create(Loops.class);
		unlisted.once();
		assertThat(Machines.ended(this.machines.of(unlisted))).isTrue();
		assertThat(this.machines.of(unlisted).exception()).isInstanceOf(IllegalTransitionException.class);
		Loops listed = this.machines.create(Loops.class);
		listed.again();
		assertThat(Machines.ended(this.machines.of(listed))).isTrue();
		assertThat(listed.log).hasSize(3);
		assertThat(this.machines.of(listed).status()).isEqualTo(StateMachine.Status.DONE);
	}

	@Test
	@DisplayName("S12 only an initial state starts a machine, and one that has ended only where it may restart")
	void starting() throws Exception {
		Chain chain = this.machines.create(Chain.class);
		chain.hold.countDown();
		StateMachine machine = this.machines.of(chain);
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(chain::b)
			.withMessageContainingAll("has not started", "'b'", "[a]", "initial = true")
			.satisfies((ex) -> assertThat(ex.from()).isNull());
		assertThat(machine.status()).isEqualTo(StateMachine.Status.NEW);
		chain.a();
		assertThat(Machines.ended(machine)).isTrue();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(chain::b)
			.withMessageContaining("has ended in 'c'")
			.satisfies((ex) -> assertThat(ex.from()).isEqualTo("c"));
		assertThat(machine.targets()).isEmpty();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(chain::a)
			.withMessageContainingAll("has ended in 'c'", "no state may start it again", "restart = true")
			.satisfies((ex) -> assertThat(ex.summary())
				.endsWith("has ended in 'c' and can't start again in 'a': no state may start it again"));
		assertThat(machine.history()).hasSize(3);
		Loops unmarked = this.machines.create(Loops.class);
		unmarked.over();
		assertThat(Machines.ended(this.machines.of(unmarked))).isTrue();
		unmarked.over();
		assertThat(Machines.ended(this.machines.of(unmarked))).isTrue();
		assertThat(this.machines.of(unmarked).history()).hasSize(2);
	}

	static class Order {

		boolean fails;

		@State(initial = true, restart = true, transitionsTo = { "shipped", "placed" })
		void placed() {
			if (this.fails) {
				throw new IllegalStateException("no stock");
			}
		}

		@State(initial = true, transitionsTo = "shipped")
		void imported() {
		}

		@State
		void shipped() {
		}

	}

	@Test
	@DisplayName("S12 one that has ended starts again where restart says so, one that failed or was stopped in any initial state")
	void restarting() throws Exception {
		Order order = this.machines.create(Order.class);
		StateMachine machine = this.machines.of(order);
		assertThat(machine.targets()).containsExactly("imported", "placed");
		order.imported();
		assertThat(Machines.rests(machine)).isTrue();
		order.shipped();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.targets()).containsExactly("placed");
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(order::imported)
			.withMessageContainingAll("has ended in 'shipped'", "it may start again in [placed]");
		order.placed();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(machine.history().getLast().from()).isNull();
		machine.stop();
		assertThat(machine.targets()).containsExactly("imported", "placed");
		order.imported();
		assertThat(Machines.rests(machine)).isTrue();
		Order failing = this.machines.create(Order.class);
		failing.fails = true;
		failing.placed();
		assertThat(Machines.ended(this.machines.of(failing))).isTrue();
		failing.imported();
		assertThat(Machines.rests(this.machines.of(failing))).isTrue();
	}

	static class Failing {

		final CountDownLatch hold = new CountDownLatch(1);

		final IOException failure = new IOException("broken");

		@State
		void a() throws Exception {
			this.hold.await();
			throw this.failure;
		}

	}

	@Test
	@DisplayName("S16 a failing body fails the machine with that throwable and releases all who wait")
	void failure() throws Exception {
		Failing failing = this.machines.create(Failing.class);
		StateMachine machine = this.machines.of(failing);
		CompletableFuture<Boolean> joiner = CompletableFuture.supplyAsync(() -> {
			try {
				return machine.join(Machines.LONG);
			}
			catch (InterruptedException ex) {
				return false;
			}
		});
		failing.a();
		failing.hold.countDown();
		assertThat(joiner.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
		assertThat(machine.exception()).isSameAs(failing.failure);
		assertThat(machine.isDone()).isTrue();
	}

	static class Outer extends Recorded {

		final Chain inner;

		Outer(Chain inner) {
			this.inner = inner;
		}

		@State
		void work() throws Exception {
			this.inner.a();
			say("went on");
		}

	}

	@Test
	@DisplayName("S17 two objects are independent machines, and one may move the other without ending")
	void independence() throws Exception {
		Chain first = this.machines.create(Chain.class);
		Chain second = this.machines.create(Chain.class);
		first.hold.countDown();
		Outer outer = this.machines.create(Outer.class, first);
		outer.work();
		assertThat(Machines.ended(this.machines.of(outer))).isTrue();
		assertThat(Machines.ended(this.machines.of(first))).isTrue();
		assertThat(outer.log).containsExactly("went on");
		assertThat(first.log).containsExactly("a", "b", "c");
		assertThat(this.machines.of(second).status()).isEqualTo(StateMachine.Status.NEW);
	}

	static class Arguments extends Recorded {

		@State(initial = true, transitionsTo = "all", onStart = "remember")
		void first(String name, @Nullable Object nothing) {
			say(name + nothing);
			all(true, (byte) 1, 'c', (short) 2, 3, 4L, 5f, 6d, "a", "b");
		}

		@State(onStart = "remember")
		public void all(boolean z, byte b, char c, short s, int i, long j, float f, double d, String... rest) {
			say("" + z + b + c + s + i + j + f + d + List.of(rest));
		}

		void first() {
			first("default", null);
		}

		void remember(StateHandle next, Object... args) {
			say(next.state() + args.length + next.isStarted());
		}

	}

	@Test
	@DisplayName("S24 arguments arrive intact in onStart and in the body; a plain overload gives a default")
	void arguments() throws Exception {
		Arguments arguments = this.machines.create(Arguments.class);
		arguments.first();
		StateMachine machine = this.machines.of(arguments);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.exception()).isNull();
		assertThat(arguments.log).containsExactly("first2false", "defaultnull", "all9false", "true1c2345.06.0[a, b]");
	}

	static class Show extends Recorded {

		@State(initial = true, transitionsTo = "open")
		void announced() {
			say("announced");
		}

		@State(transitionsTo = { "announced", "closed" })
		void open() {
			say("open");
		}

		@State
		void closed() {
		}

	}

	@Test
	@DisplayName("S28 a body that returns from a state with targets leaves the machine at rest, without a thread")
	void rest() throws Exception {
		Show show = this.machines.create(Show.class);
		StateMachine machine = this.machines.of(show);
		show.announced();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RESTING);
		assertThat(machine.current()).isEqualTo("announced");
		assertThat(machine.isDone()).isFalse();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(show::closed);
		assertThat(machine.current()).isEqualTo("announced");
		show.open();
		assertThat(Machines.rests(machine)).isTrue();
		show.closed();
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
	}

	static class Eager extends Recorded {

		final String name;

		Eager(String name) {
			begin();
			this.name = name;
		}

		@State
		void begin() {
			say(String.valueOf(this.name));
		}

	}

	@Test
	@DisplayName("S18 a state called by the constructor starts when the object is complete")
	void constructorCall() throws Exception {
		Eager eager = this.machines.create(Eager.class, "whole");
		assertThat(Machines.ended(this.machines.of(eager))).isTrue();
		assertThat(eager.log).containsExactly("whole");
	}

	@Test
	@DisplayName("S25 an object that is not enhanced has no machine, and the error says how to make one")
	void ordinaryObject() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.machines.of(new Chain()))
			.withMessageContainingAll("ordinary object", "stateMachines.create(Chain.class, ...)");
		assertThatIllegalArgumentException().isThrownBy(() -> this.machines.of("text"))
			.withMessageContaining("no states");
		assertThatIllegalArgumentException().isThrownBy(() -> this.machines.create(String.class))
			.withMessageContaining("no states");
	}

	static class Waiting {

		final StateMachines states;

		Waiting(StateMachines states) {
			this.states = states;
		}

		@State
		void work() throws Exception {
			this.states.of(this).join();
		}

	}

	@Test
	@DisplayName("S20 a body that would wait for its own end is told so")
	void ownEnd() throws Exception {
		Waiting waiting = this.machines.create(Waiting.class, this.machines.states);
		waiting.work();
		StateMachine machine = this.machines.of(waiting);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.exception()).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("wait in another thread");
	}

}
