package io.greenroom.state;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;

import io.greenroom.state.StateMachine.Status;
import io.greenroom.testkit.Unusual;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Asking for a move and waiting for what comes of it. */
@Timeout(60)
class MoveAndWaitTests {

	@RegisterExtension
	final Machines machines = new Machines();

	static class Order {

		final CountDownLatch hold = new CountDownLatch(1);

		final CountDownLatch began = new CountDownLatch(1);

		volatile boolean moved;

		int rounds;

		@State(initial = true, transitionsTo = { "paid", "held", "failing", "deaf", "asking", "counted" })
		void placed() {
		}

		@State(transitionsTo = "packed")
		void paid() {
			packed();
		}

		@State(transitionsTo = "shipped")
		void packed() {
			this.moved = true;
		}

		@State(transitionsTo = "shipped")
		void held() throws InterruptedException {
			this.began.countDown();
			this.hold.await();
		}

		@State(transitionsTo = "shipped")
		void deaf() {
			this.began.countDown();
			while (this.hold.getCount() > 0) {
				Thread.onSpinWait();
			}
		}

		@State
		void failing(Unusual how) {
			throw Unusual.<RuntimeException>sneaky(how.make());
		}

		@State(transitionsTo = "shipped")
		void asking(StateMachine own) throws Exception {
			own.moveAndWait(this::shipped, Machines.LONG);
		}

		@State(transitionsTo = { "counted", "shipped" })
		void counted() {
			this.rounds++;
		}

		@State
		void shipped() {
		}

	}

	private Order placed() throws Exception {
		Order order = this.machines.create(Order.class);
		assertThat(this.machines.of(order).moveAndWait(order::placed, Machines.LONG)).isEqualTo("placed");
		assertThat(this.machines.of(order).status()).isEqualTo(Status.RESTING);
		return order;
	}

	@Test
	@DisplayName("S30 a move is asked for and waited for until the machine rests or has ended, past the bodies that follow")
	void arrives() throws Exception {
		Order order = placed();
		StateMachine machine = this.machines.of(order);
		assertThat(machine.moveAndWait(order::paid, Machines.LONG)).isEqualTo("packed");
		assertThat(order.moved).isTrue();
		assertThat(machine.status()).isEqualTo(Status.RESTING);
		assertThat(machine.moveAndWait(order::shipped, Machines.LONG)).isEqualTo("shipped");
		assertThat(machine.status()).isEqualTo(Status.DONE);
	}

	@ParameterizedTest
	@EnumSource(Unusual.class)
	@DisplayName("S30 S16 what a body fails with is thrown to who waits, as it is, with both traces")
	void fails(Unusual how) throws Exception {
		Order order = placed();
		StateMachine machine = this.machines.of(order);
		Throwable thrown = null;
		try {
			machine.moveAndWait(() -> order.failing(how), Machines.LONG);
		}
		catch (Throwable failure) {
			thrown = failure;
		}
		assertThat(thrown == machine.exception()).isTrue();
		assertThat(machine.status()).isEqualTo(Status.FAILED);
		if (how == Unusual.CHECKED) {
			assertThat(thrown).isInstanceOf(IOException.class);
			assertThat(List.of(thrown.getStackTrace())).anyMatch((frame) -> frame.getMethodName().equals("failing"));
			assertThat(thrown.getSuppressed()).singleElement()
				.satisfies((asked) -> assertThat(List.of(asked.getStackTrace()))
					.anyMatch((frame) -> frame.getMethodName().equals("fails")));
		}
	}

	@Test
	@DisplayName("S30 an illegal move is rejected as ever, and a call that asks for none says so")
	void rejected() throws Exception {
		Order order = placed();
		Order other = placed();
		StateMachine machine = this.machines.of(order);
		assertThatExceptionOfType(IllegalTransitionException.class)
			.isThrownBy(() -> machine.moveAndWait(order::shipped, Machines.LONG))
			.withMessageContaining("can't move from 'placed' to 'shipped'");
		assertThatIllegalArgumentException().isThrownBy(() -> machine.moveAndWait(() -> {
		}, Machines.LONG)).withMessageContaining("requested no move");
		assertThatIllegalArgumentException().isThrownBy(() -> machine.moveAndWait(other::paid, Machines.LONG))
			.withMessageContaining("requested no move");
		assertThatIllegalArgumentException().isThrownBy(() -> machine.moveAndWait(order::paid, Duration.ofSeconds(-1)));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> machine.moveAndWait(() -> {
			throw new IOException("before asking");
		}, Machines.LONG));
		assertThat(machine.current()).isEqualTo("placed");
	}

	@Test
	@DisplayName("S30 when the limit is over the machine goes on; an interrupt of who waits is one")
	void limit() throws Exception {
		Order order = placed();
		StateMachine machine = this.machines.of(order);
		assertThatExceptionOfType(TimeoutException.class)
			.isThrownBy(() -> machine.moveAndWait(order::held, Duration.ofMillis(50)))
			.withMessageContainingAll("'held'", "neither rested nor ended");
		assertThat(machine.status()).isEqualTo(Status.RUNNING);
		order.hold.countDown();
		assertThat(Machines.rests(machine)).isTrue();
		Order interrupted = placed();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.machines.of(interrupted).moveAndWait(() -> {
				interrupted.held();
				Thread.currentThread().interrupt();
			}, Machines.LONG));
	}

	@Test
	@DisplayName("S30 a machine that is stopped meanwhile has ended; a move that does not come about is an error")
	void stopped() throws Exception {
		Order order = placed();
		StateMachine machine = this.machines.of(order);
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Future<String> waits = threads.submit(() -> machine.moveAndWait(order::held, Machines.LONG));
			order.began.await();
			machine.stop();
			assertThat(waits.get()).isEqualTo("held");
			assertThat(machine.status()).isEqualTo(Status.STOPPED);
			StateMachines impatient = this.machines.with().stopTimeout(Duration.ofMillis(50)).build();
			Order deaf = impatient.create(Order.class);
			impatient.of(deaf).moveAndWait(deaf::placed, Machines.LONG);
			deaf.deaf();
			deaf.began.await();
			assertThatIllegalStateException()
				.isThrownBy(() -> impatient.of(deaf).moveAndWait(deaf::shipped, Machines.LONG))
				.withMessageContainingAll("did not move to 'shipped'", "it is in 'deaf'");
			deaf.hold.countDown();
		}
	}

	@Test
	@DisplayName("S30 a body that would wait for itself is told so")
	void own() throws Exception {
		Order order = placed();
		StateMachine machine = this.machines.of(order);
		assertThatThrownBy(() -> machine.moveAndWait(() -> order.asking(machine), Machines.LONG))
			.isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("would wait for its own end");
	}

	@Test
	@DisplayName("S30 of many who move one machine at once each returns when it has rested after its own move, though others have moved it on")
	void race() throws Exception {
		Order order = placed();
		StateMachine machine = this.machines.of(order);
		machine.moveAndWait(order::counted, Machines.LONG);
		int rounds = 1000;
		List<Callable<Integer>> jobs = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			jobs.add(() -> {
				for (int round = 0; round < rounds; round++) {
					assertThat(machine.moveAndWait(order::counted, Machines.LONG)).isEqualTo("counted");
				}
				return rounds;
			});
		}
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (Future<Integer> job : threads.invokeAll(jobs)) {
				assertThat(job.get()).isEqualTo(rounds);
			}
		}
		assertThat(machine.status()).isEqualTo(Status.RESTING);
		assertThat(order.rounds).isPositive();
	}

}
