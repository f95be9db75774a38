package io.greenroom.test;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.test.GreenroomAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@CloseSchedulers
@Timeout(60)
class GreenroomAssertionsTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final StateMachines machines = StateMachines.builder(this.scheduler).build();

	static class Order {

		@State(initial = true, transitionsTo = { "paid", "expired" }, timeout = "30m", onTimeout = "expired")
		void open() {
		}

		@State
		void paid() {
		}

		@State(transitionsTo = "open")
		void expired() {
			throw new UnsupportedOperationException("as planned");
		}

	}

	static class Desk {

		private final CountDownLatch busy = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		void work() throws InterruptedException {
			this.busy.countDown();
			this.go.await();
		}

		void note(String what) {
		}

	}

	private StateMachine opened() throws InterruptedException {
		Order order = this.machines.create(Order.class);
		StateMachine machine = this.machines.of(order);
		assertThat(machine).isNew().isAtRest().hasTargets("open").hasHistory();
		order.open();
		machine.awaitRest(LONG);
		return machine;
	}

	@Test
	@DisplayName("U07 assertions on a machine: its state, its history, its legal targets")
	void assertsOnMachines() throws Exception {
		StateMachine machine = opened();
		assertThat(machine).isIn("open")
			.isAtRestIn("open")
			.isAtRest()
			.hasHistory("open")
			.hasTargets("expired", "paid")
			.canMoveTo("paid")
			.cannotMoveTo("open");
		((Order) machine.target()).paid();
		machine.join(LONG);
		assertThat(machine).isDone().isIn("paid").hasHistory("open", "paid").hasTargets();
		StateMachine failed = opened();
		((Order) failed.target()).expired();
		failed.join(LONG);
		assertThat(failed).hasFailedWith(UnsupportedOperationException.class);
		StateMachine stopped = opened();
		stopped.stop();
		assertThat(stopped).isStopped();
	}

	@Test
	@DisplayName("U07 a failed assertion on a machine shows its states, the current one marked, and its history")
	void showsTheMachine() throws Exception {
		StateMachine machine = opened();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(machine).as("the order").isIn("paid"))
			.withMessage("""
					[the order] Expected %1$s to be in 'paid':
					%1$s is resting in 'open'
					  > * -> open -> paid, expired (after PT30M)
					    paid -> the end
					    expired -> open
					  history: * -> open""".formatted(machine.name()));
		assertFails(() -> assertThat(machine).isNew(), "to be new");
		assertFails(() -> assertThat(machine).isDone(), "to be done");
		assertFails(() -> assertThat(machine).isStopped(), "to be stopped");
		assertFails(() -> assertThat(machine).isAtRestIn("paid"), "to be at rest in 'paid'");
		assertFails(() -> assertThat(machine).hasHistory("paid"), "to have entered [paid]");
		assertFails(() -> assertThat(machine).hasTargets("open"),
				"to have the legal targets [open], but they are [expired, paid]");
		assertFails(() -> assertThat(machine).canMoveTo("open"), "to have the legal target 'open'");
		assertFails(() -> assertThat(machine).cannotMoveTo("paid"), "not to have the legal target 'paid'");
		assertFails(() -> assertThat(machine).hasFailedWith(Error.class), "to have failed with java.lang.Error");
		assertFails(() -> assertThat((StateMachine) null).isNew(), "not to be null");
		// A state that there is not would pass unnoticed where it must not be.
		assertThatIllegalArgumentException().isThrownBy(() -> assertThat(machine).cannotMoveTo("piad"))
			.withMessageContaining("has no state 'piad'");
	}

	@Test
	@DisplayName("U07 a failed assertion carries what the machine has failed with")
	void carriesTheFailure() throws Exception {
		StateMachine machine = opened();
		((Order) machine.target()).expired();
		machine.join(LONG);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(machine).isIn("expired"))
			.withMessageContaining("failed with java.lang.UnsupportedOperationException")
			.satisfies((failure) -> org.assertj.core.api.Assertions.assertThat(failure.getSuppressed())
				.contains(machine.exception()));
	}

	@Test
	@DisplayName("U07 assertions on a handler: what runs, what waits; a failure shows the queue")
	void assertsOnHandlers() throws Exception {
		Desk desk = new Desk();
		Deferred<Desk> handle = Deferred.of(this.scheduler, desk);
		assertThat(handle).isAtRest().isOpen().hasNoPendingCalls().hasPendingCalls();
		GreenThread<Void> caller = this.scheduler.spawn(() -> handle.sync().work());
		desk.busy.await();
		handle.oneway().note("this");
		assertThat(handle).isRunning("work").hasPendingCalls("note");
		assertThat(handle).pendingCalls()
			.singleElement()
			.satisfies((call) -> org.assertj.core.api.Assertions.assertThat(call.arguments()).containsExactly("this"));
		assertFails(() -> assertThat(handle).isAtRest(), "Expected handler 'Desk' to be at rest:",
				"Handler 'Desk' is open", "runs   work on handler-Desk", "queued oneway note(this)");
		assertFails(() -> assertThat(handle).hasNoPendingCalls(), "to have no pending calls");
		assertFails(() -> assertThat(handle).hasPendingCalls("work"), "to have the pending calls [work]");
		assertFails(() -> assertThat(handle).isRunning("note"), "to run note");
		assertFails(() -> assertThat(handle).hasEnded(), "to have ended");
		assertFails(() -> assertThat((Deferred<?>) null).isOpen(), "not to be null");
		desk.go.countDown();
		caller.get();
		handle.close();
		assertThat(handle).hasEnded().isAtRest();
		assertFails(() -> assertThat(handle).isOpen(), "to be open", "runs nothing", "no call waits");
	}

	private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable assertion, String... parts) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion)
			.satisfies((failure) -> org.assertj.core.api.Assertions.assertThat(failure.getMessage())
				.containsIgnoringNewLines(parts));
	}

}
