package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.InState;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.WrongStateException;
import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Beans that are handlers and machines. */
@Timeout(120)
class StatefulHandlerTests extends ShopTestSupport {

	@DeferredHandler
	static class Loom {

		@State(initial = true, transitionsTo = "weaving")
		void idle() {
		}

		@State(transitionsTo = "idle")
		void weaving() {
		}

		String weave(StateMachine machine) throws Exception {
			return machine.moveAndWait(this::weaving, Duration.ofMinutes(10));
		}

	}

	@Test
	@DisplayName("S39 S30 a method of a handler that moves its own machine and waits, for a body that needs the handler, is told of the circle")
	void waitsForItsOwnBody() {
		this.runner.withBean(Loom.class).run((context) -> {
			Loom loom = context.getBean(Loom.class);
			StateMachine machine = machine(context, loom);
			loom.idle();
			rests(machine, "idle");
			assertThatIllegalStateException().isThrownBy(() -> loom.weave(machine))
				.withMessageContaining("wait in a circle through handlers:");
			rests(machine, "weaving");
		});
	}

	/** Notices when two of its bodies, of whatever kind, run at once. */
	@DeferredHandler
	static class Mill {

		private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();

		final AtomicInteger collisions = new AtomicInteger();

		int ground; // no lock

		int turns; // no lock

		private void enter() {
			if (!this.inside.compareAndSet(null, Thread.currentThread())) {
				this.collisions.incrementAndGet();
			}
		}

		private void leave() {
			if (!this.inside.compareAndSet(Thread.currentThread(), null)) {
				this.collisions.incrementAndGet();
			}
		}

		@State(initial = true, transitionsTo = "grinding")
		void idle() {
			enter();
			this.turns++;
			leave();
		}

		@State(transitionsTo = { "idle", "grinding" })
		void grinding(boolean again) {
			enter();
			this.turns++;
			Thread.yield();
			leave();
			DeferredCalls.current().process();
			enter();
			this.turns++;
			leave();
			if (again) {
				idle();
			}
		}

		int grind() {
			enter();
			Thread.yield();
			this.ground++;
			leave();
			return this.ground;
		}

		@InState("grinding")
		int whileGrinding() {
			return grind();
		}

		int turns() {
			return this.turns;
		}

	}

	@Test
	@DisplayName("S22 10 000 moves and 12 000 calls from several threads: never a call beside a body, and every call runs")
	void race() {
		with(Mill.class, (context) -> {
			Mill mill = context.getBean(Mill.class);
			StateMachine machine = machine(context, mill);
			mill.idle();
			AtomicBoolean moving = new AtomicBoolean(true);
			try {
				List<CompletableFuture<?>> callers = new ArrayList<>();
				for (int i = 0; i < 6; i++) {
					boolean waiting = i % 2 == 0;
					callers.add(spawn(() -> {
						for (int round = 0; round < 2000; round++) {
							int ignored = waiting ? mill.whileGrinding() : mill.grind();
						}
					}));
				}
				CompletableFuture<?> mover = spawn(() -> {
					int made = 0;
					while (made < 5000 || moving.get()) {
						mill.grinding(true);
						made++;
						assertThat(machine.awaitState("idle", LONG)).isTrue();
						assertThat(machine.awaitRest(LONG)).isTrue();
					}
				});
				for (CompletableFuture<?> caller : callers) {
					caller.get(100, TimeUnit.SECONDS);
				}
				moving.set(false);
				mover.get(100, TimeUnit.SECONDS);
				Mill target = (Mill) machine.target();
				assertThat(target.collisions).hasValue(0);
				assertThat(mill.grind()).isEqualTo(12_001);
				assertThat(mill.turns()).isGreaterThanOrEqualTo(15_001);
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		});
	}

	private interface Task {

		void run() throws Exception;

	}

	private static CompletableFuture<?> spawn(Task task) {
		CompletableFuture<Boolean> done = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				task.run();
				done.complete(true);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		});
		return done;
	}

	@Test
	@DisplayName("S22 a call declared for a state waits until the machine is there, and later calls overtake it")
	void postponed() {
		withShop((shop, machine, context) -> {
			// Not started is in no state.
			CompletableFuture<String> order = shop.order("tea");
			shop.advertise("tea");
			CompletableFuture<String> sold = CompletableFuture.supplyAsync(() -> shop.sell("tea"),
					Thread::startVirtualThread);
			CompletableFuture<String> read = CompletableFuture.supplyAsync(shop::read, Thread::startVirtualThread);
			assertThat(shop.look()).isEqualTo("look");
			shop.closed();
			rests(machine, "closed");
			assertThat(shop.look()).isEqualTo("look");
			assertThat(order).isNotDone();
			assertThat(((Shop) machine.target()).log).containsExactly("closed");
			shop.open();
			assertThat(get(order)).isEqualTo("tea");
			assertThat(get(sold)).isEqualTo("tea");
			assertThat(get(read)).isEqualTo("read");
			assertThat(((Shop) machine.target()).log).startsWith("closed", "open", "order tea", "advertise tea");
		});
	}

	@Test
	@DisplayName("S22 a call declared to be rejected elsewhere is rejected in its turn, with machine, state and remedy")
	void rejected() {
		withShop((shop, machine, context) -> {
			shop.closed();
			rests(machine, "closed");
			assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> shop.ask("price"))
				.withMessageContaining("shop.ask")
				.withMessageContaining(machine.name() + " is in 'closed'")
				.withMessageContaining("[open, busy]");
			shop.open();
			assertThat(shop.ask("price")).isEqualTo("price");
			assertThat(shop.askInside()).isEqualTo("insidelook");
		});
	}

	@Test
	@DisplayName("S22 a call that would wait inside its own handler is rejected; a sync call to itself runs at once (D18)")
	void inside() {
		withShop((shop, machine, context) -> {
			shop.closed();
			rests(machine, "closed");
			assertThatExceptionOfType(WrongStateException.class).isThrownBy(shop::sellInside);
			assertThatExceptionOfType(WrongStateException.class).isThrownBy(shop::askInside);
			shop.open();
			assertThat(shop.sellInside()).isEqualTo("inside");
		});
	}

	@Test
	@DisplayName("S22 no call runs beside a body, and a processing point lets those in that are queued")
	void processingPoint() {
		withShop((shop, machine, context) -> {
			shop.closed();
			shop.busy();
			assertThat(((Shop) machine.target()).inside.await(20, TimeUnit.SECONDS)).isTrue();
			CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> shop.ask("price"),
					Thread::startVirtualThread);
			CompletableFuture<String> order = shop.order("tea");
			assertThatExceptionOfType(DeferredTimeoutException.class)
				.isThrownBy(() -> handle(context).sync(Duration.ofMillis(20)).look())
				.withMessageContaining("withdrawn");
			assertThat(asked).isNotDone();
			((Shop) machine.target()).release.countDown();
			assertThat(get(asked)).isEqualTo("price");
			rests(machine, "busy");
			assertThat(order).isNotDone();
			shop.open();
			assertThat(get(order)).isEqualTo("tea");
		});
	}

	@Test
	@DisplayName("S22 a call's body moves the machine: at rest the next body waits for it; at a processing point the caller is answered and the body that let it in ends there")
	void callMoves() {
		withShop((shop, machine, context) -> {
			shop.closed();
			rests(machine, "closed");
			assertThat(shop.unlock()).isEqualTo("unlocked");
			rests(machine, "open");
			Shop target = (Shop) machine.target();
			assertThat(target.log).containsExactly("closed", "unlocked", "open");
			shop.closed();
			shop.busy();
			assertThat(target.inside.await(20, TimeUnit.SECONDS)).isTrue();
			CompletableFuture<String> unlocked = CompletableFuture.supplyAsync(shop::unlock,
					Thread::startVirtualThread);
			awaitQueued(context);
			target.release.countDown();
			assertThat(get(unlocked)).isEqualTo("unlocked");
			rests(machine, "open");
			assertThat(target.log).endsWith("busy", "unlocked", "not busy", "open");
		});
	}

	@Test
	@DisplayName("S22 the views of a handle pass the mailbox by for moves")
	void views() {
		withShop((shop, machine, context) -> {
			Deferred<Shop> handle = handle(context);
			handle.sync().closed();
			handle.oneway().busy();
			Shop target = (Shop) machine.target();
			assertThat(target.inside.await(20, TimeUnit.SECONDS)).isTrue();
			// The body holds the handler; a move through the mailbox would wait for it.
			handle.sync().open();
			rests(machine, "open");
			assertThat(target.log).contains("not busy").doesNotContain("still busy");
		});
	}

	@DeferredHandler
	static class Counter {

		final CountDownLatch calling = new CountDownLatch(1);

		final CountDownLatch finish = new CountDownLatch(1);

		volatile boolean interruptedInCall;

		volatile boolean interruptedAfter;

		@State(initial = true, transitionsTo = "over")
		void counting() {
			DeferredCalls.current().process(LONG);
			this.interruptedAfter = Thread.currentThread().isInterrupted();
		}

		@State
		void over() {
		}

		int slow() {
			this.calling.countDown();
			try {
				this.finish.await();
			}
			catch (InterruptedException ex) {
				this.interruptedInCall = true;
			}
			return 1;
		}

		int moves() {
			over();
			over();
			return 2;
		}

	}

	@Test
	@DisplayName("S22 a move from outside interrupts the body that has let a call in, and not the call")
	void interruptAfterCall() {
		with(Counter.class, (context) -> {
			Counter counter = context.getBean(Counter.class);
			StateMachine machine = machine(context, counter);
			Counter target = (Counter) machine.target();
			counter.counting();
			CompletableFuture<Integer> slow = CompletableFuture.supplyAsync(counter::slow, Thread::startVirtualThread);
			try {
				assertThat(target.calling.await(20, TimeUnit.SECONDS)).isTrue();
				counter.over();
				target.finish.countDown();
				assertThat(get(slow)).isEqualTo(1);
				assertThat(machine.join(LONG)).isTrue();
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
			assertThat(target.interruptedInCall).isFalse();
			assertThat(target.interruptedAfter).isTrue();
			assertThat(machine.current()).isEqualTo("over");
		});
	}

	@Test
	@DisplayName("S22 a call's repeated move at a processing point is one move")
	void repeatedMove() {
		with(Counter.class, (context) -> {
			Counter counter = context.getBean(Counter.class);
			StateMachine machine = machine(context, counter);
			counter.counting();
			assertThat(counter.moves()).isEqualTo(2);
			try {
				assertThat(machine.join(LONG)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			assertThat(machine.history()).hasSize(2);
		});
	}

	@DeferredHandler
	static class Wrong {

		@State(initial = true, transitionsTo = "shut")
		void open() {
		}

		@State
		void shut() {
		}

		@InState({ "opne", "shut" })
		void typo() {
		}

		@InState({})
		void none() {
		}

		@ProcessingLoop
		void loop(DeferredCalls calls) {
		}

	}

	@DeferredHandler
	static class Stateless {

		@InState("open")
		void call() {
		}

	}

	@Test
	@DisplayName("S22 unknown states, none, a loop beside states, and @InState without states fail at start-up, all at once")
	void wrong() {
		this.runner.withBean(Wrong.class).withBean(Stateless.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).isInstanceOfSatisfying(InvalidHandlersException.class, (ex) -> {
				assertThat(ex.beans()).hasSize(2);
				assertThat(ex).hasMessageContaining("\"opne\"), which is no state; the states are [open, shut]")
					.hasMessageContaining("none() is @InState without a state")
					.hasMessageContaining("loop(DeferredCalls) is @ProcessingLoop in a state machine")
					.hasMessageContaining("call() is @InState, but the handler is no state machine");
			});
		});
		this.runner.withPropertyValues("greenroom.state.enabled=false")
			.withBean(Shop.class)
			.run((context) -> assertThat(context).hasFailed());
		GreenScheduler scheduler = GreenScheduler.builder().name("plain").build();
		try {
			assertThatExceptionOfType(InvalidHandlerException.class)
				.isThrownBy(() -> Deferred.of(scheduler, new Stateless()));
		}
		finally {
			scheduler.close();
		}
	}

	@Test
	@DisplayName("S22 the current calls are those of the handler whose body this is")
	void currentCalls() {
		assertThatIllegalStateException().isThrownBy(DeferredCalls::current)
			.withMessageContaining("does not run a body of a handler");
	}

}
