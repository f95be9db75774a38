package io.greenroom.state;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenTask;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Machines whose bodies call a handler that waits for them. */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class HandlerCircleTests {

	/** Longer than any test may take: what ends in time was found. */
	private static final Duration AGES = Duration.ofHours(1);

	@RegisterExtension
	final Machines machines = new Machines();

	private final Clerk target = new Clerk();

	private final Deferred<Clerk> clerk = Deferred.of(this.machines.scheduler, this.target);

	/** A handler; does in its turn what it is given. */
	public static class Clerk {

		/** Runs something and returns what it threw. */
		public Throwable run(GreenTask task) {
			return catchThrowable(task::run);
		}

		public String ask() {
			return "answer";
		}

	}

	static class Order {

		volatile Clerk clerk;

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		final CompletableFuture<String> answer = new CompletableFuture<>();

		@State(initial = true, transitionsTo = { "placed", "asking" })
		void placed() {
		}

		/** Asks the clerk, once somebody says so. */
		@State(transitionsTo = "placed")
		void asking() throws InterruptedException {
			this.inside.countDown();
			this.goOn.await();
			this.answer.complete(this.clerk.ask());
		}

	}

	private Order order() {
		Order order = this.machines.create(Order.class);
		order.clerk = this.clerk.sync(AGES);
		order.placed();
		return order;
	}

	private void assertDescribed(String text, StateMachine machine) {
		assertThat(text).contains("wait in a circle through handlers:",
				machine.name() + ", in the body of 'asking', waits", "for the handler Clerk",
				"Clerk, in a call, waits");
	}

	@Test
	@DisplayName("S39 a handler that waits without limit for a machine whose body calls it is told of the circle")
	void join() throws Exception {
		Order order = order();
		StateMachine machine = this.machines.of(order);
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
		order.asking();
		order.inside.await();
		CompletableFuture<Throwable> told = CompletableFuture.supplyAsync(() -> this.clerk.sync(AGES).run(() -> {
			order.goOn.countDown();
			machine.join();
		}), Thread::startVirtualThread);
		Throwable rejection = told.get(20, TimeUnit.SECONDS);
		assertThat(rejection).isInstanceOf(IllegalStateException.class);
		assertDescribed(rejection.getMessage(), machine);
		assertThat(order.answer.get(20, TimeUnit.SECONDS)).isEqualTo("answer");
	}

	@Test
	@DisplayName("S39 S30 a handler that moves a machine and waits for its body, which calls the handler, is told of the circle")
	void moveAndWait() throws Exception {
		Order order = order();
		StateMachine machine = this.machines.of(order);
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
		order.goOn.countDown();
		CompletableFuture<Throwable> told = CompletableFuture.supplyAsync(
				() -> this.clerk.sync(AGES).run(() -> machine.moveAndWait(order::asking, AGES)),
				Thread::startVirtualThread);
		Throwable rejection = told.get(20, TimeUnit.SECONDS);
		assertThat(rejection).isInstanceOf(IllegalStateException.class);
		assertDescribed(rejection.getMessage(), machine);
		assertThat(order.answer.get(20, TimeUnit.SECONDS)).isEqualTo("answer");
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
	}

	@Test
	@DisplayName("S39 a handler that waits with a limit for a machine whose body calls it: the log tells the circle at once")
	void limits(CapturedOutput output) throws Exception {
		Order order = order();
		StateMachine machine = this.machines.of(order);
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
		order.asking();
		order.inside.await();
		CompletableFuture<Thread> waiting = new CompletableFuture<>();
		CompletableFuture<List<Throwable>> ended = new CompletableFuture<>();
		Thread.startVirtualThread(() -> this.clerk.sync(AGES).run(() -> {
			waiting.complete(Thread.currentThread());
			order.goOn.countDown();
			ended.complete(
					List.of(catchThrowable(() -> machine.join(AGES)), catchThrowable(() -> machine.awaitRest(AGES)),
							catchThrowable(() -> machine.awaitState("placed", AGES))));
		}));
		for (String wait : List.of("waits for the end of " + machine.name(), "waits for a rest of " + machine.name(),
				"waits for " + machine.name() + " to be in 'placed'")) {
			Until.until(wait, () -> output.getOut().contains(wait));
			waiting.get(20, TimeUnit.SECONDS).interrupt();
		}
		assertThat(ended.get(20, TimeUnit.SECONDS)).hasSize(3).hasOnlyElementsOfType(InterruptedException.class);
		assertDescribed(output.getOut(), machine);
		assertThat(order.answer.get(20, TimeUnit.SECONDS)).isEqualTo("answer");
	}

	@Test
	@DisplayName("S39 a handler that moves a machine whose body calls it ends that call, and the machine moves")
	void moves() throws Exception {
		Order order = order();
		StateMachine machine = this.machines.of(order);
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
		order.asking();
		order.inside.await();
		Throwable thrown = this.clerk.sync(AGES).run(() -> {
			order.goOn.countDown();
			machine.moveAndWait(order::placed, AGES);
		});
		assertThat(thrown).isNull();
		assertThat(machine.current()).isEqualTo("placed");
	}

	@Test
	@DisplayName("S39 a wait for a machine whose body only calls a busy handler is no circle")
	void noCircle() throws Exception {
		Order order = order();
		StateMachine machine = this.machines.of(order);
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
		order.goOn.countDown();
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch free = new CountDownLatch(1);
		Thread holder = Thread.startVirtualThread(() -> this.clerk.sync(AGES).run(() -> {
			busy.countDown();
			free.await();
		}));
		busy.await();
		CompletableFuture<String> moved = CompletableFuture.supplyAsync(() -> {
			try {
				return machine.moveAndWait(order::asking, AGES);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, Thread::startVirtualThread);
		assertThat(machine.awaitState("asking", Machines.LONG)).isTrue();
		assertThat(machine.awaitRest(Duration.ofMillis(300))).isFalse();
		free.countDown();
		assertThat(moved.get(20, TimeUnit.SECONDS)).isEqualTo("asking");
		assertThat(holder.join(Machines.LONG)).isTrue();
	}

}
