package io.greenroom.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.greenroom.observe.internal.Failures;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What machines tell: failures, ends, where they are. */
@ExtendWith(OutputCaptureExtension.class)
class StateApiTests {

	@RegisterExtension
	final Machines machines = new Machines();

	static class Unmarked {

		@State(transitionsTo = "there")
		void here() {
		}

		@State
		void there() {
		}

	}

	static class Marked {

		@State(initial = true)
		void here() {
		}

	}

	@Test
	@DisplayName("S12 one INFO line says where no state is marked initial")
	void unmarked(CapturedOutput output) {
		this.machines.create(Unmarked.class);
		this.machines.create(Unmarked.class);
		this.machines.create(Marked.class);
		assertThat(output.getAll().lines())
			.filteredOn((line) -> line.contains("INFO") && line.contains("every state may start a machine"))
			.singleElement()
			.asString()
			.contains(Unmarked.class.getName());
	}

	/** Does as it is told. */
	static class Order {

		final CountDownLatch hold = new CountDownLatch(1);

		@State(initial = true, transitionsTo = { "paid", "held" })
		void placed() {
		}

		@State(transitionsTo = "shipped")
		void paid(int sum, String by) {
			if (sum < 0) {
				throw Unusual.<RuntimeException>sneaky(Unusual.valueOf(by).make());
			}
			if (sum > 1000) {
				shipped();
			}
		}

		@State(transitionsTo = "shipped")
		void held() throws InterruptedException {
			this.hold.await();
		}

		@State
		void shipped() {
		}

	}

	/** Hears everything, in order. */
	private static final class Told implements StateListener {

		final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

		@Override
		public void moved(StateMachine machine, StateMove move, List<@Nullable Object> arguments) {
			this.heard.add(move.to() + arguments);
		}

		@Override
		public void completed(StateMachine machine, String state) {
			this.heard.add("completed " + state);
		}

		@Override
		public void failed(StateMachine machine, Throwable failure) {
			this.heard.add("failed " + failure.getClass().getSimpleName());
		}

		@Override
		public void ended(StateMachine machine) {
			this.heard.add("ended " + machine.status());
		}

		List<String> next(int count) throws InterruptedException {
			List<String> next = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				next.add(this.heard.poll(20, TimeUnit.SECONDS));
			}
			return next;
		}

	}

	@Test
	@DisplayName("S40 listeners hear the arguments of a move, and of bodies that completed")
	void told() throws Exception {
		Told told = new Told();
		StateMachines states = this.machines.with().listener(told).build();
		Order order = states.create(Order.class);
		order.placed();
		assertThat(told.next(2)).containsExactly("placed[]", "completed placed");
		order.paid(2000, "card");
		assertThat(told.next(4)).containsExactly("paid[2000, card]", "shipped[]", "completed shipped", "ended DONE");
		Order stopped = states.create(Order.class);
		stopped.placed();
		told.next(2);
		stopped.held();
		stopped.shipped();
		assertThat(told.next(4)).containsExactly("held[]", "shipped[]", "completed shipped", "ended DONE");
		assertThat(told.heard).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Unusual.class)
	@DisplayName("S31 a failed machine is seen, whatever it failed with: by listeners, by those who look for it, and in what the next move is told")
	void failed(Unusual unusual) throws Exception {
		Told told = new Told();
		StateMachines states = this.machines.with().listener(told).build();
		Order order = states.create(Order.class);
		order.placed();
		told.next(2);
		order.paid(-1, unusual.name());
		assertThat(told.next(3).getLast()).isEqualTo("ended FAILED");
		StateMachine machine = states.of(order);
		Throwable failure = Objects.requireNonNull(machine.exception());
		assertThat(states.failed()).containsExactly(machine);
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(order::shipped)
			.withMessageContainingAll(machine.name() + " has failed in 'paid' with " + Failures.describe(failure),
					"it may start in [placed]")
			.satisfies((ex) -> assertThat(ex.summary())
				.contains("has failed in 'paid' with " + failure.getClass().getName() + " and can't start in 'shipped'")
				.doesNotContain("unusual:"));
		order.placed();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(machine.exception()).isNull();
		assertThat(states.failed()).isEmpty();
	}

	static class Express extends Order {

	}

	@Test
	@DisplayName("S32 machines are found by class and state, and counted")
	void found() throws Exception {
		StateMachines states = this.machines.states;
		assertThat(states.all(Order.class)).isEmpty();
		assertThat(states.counts(Order.class)).containsOnly(Map.entry("held", 0L), Map.entry("paid", 0L),
				Map.entry("placed", 0L), Map.entry("shipped", 0L));
		Order fresh = states.create(Order.class);
		Order placed = states.create(Order.class);
		Express express = states.create(Express.class);
		Order done = states.create(Order.class);
		Order failed = states.create(Order.class);
		for (Order order : List.of(placed, express, done, failed)) {
			order.placed();
			assertThat(Machines.rests(states.of(order))).isTrue();
		}
		done.paid(2000, "");
		failed.paid(-1, "RUNTIME");
		assertThat(Machines.ended(states.of(done))).isTrue();
		assertThat(Machines.ended(states.of(failed))).isTrue();
		assertThat(states.all(Order.class)).extracting(StateMachine::target)
			.containsExactlyInAnyOrder(fresh, placed, express, done, failed);
		assertThat(states.all(Express.class)).extracting(StateMachine::target).containsExactly(express);
		assertThat(states.all(Object.class)).hasSize(5);
		assertThat(states.allIn(Order.class, "placed")).extracting(StateMachine::target)
			.containsExactlyInAnyOrder(placed, express);
		assertThat(states.allIn(Order.class, "shipped")).extracting(StateMachine::target).containsExactly(done);
		assertThat(states.allIn(Order.class, "paid")).isEmpty();
		assertThat(states.counts(Order.class)).containsOnly(Map.entry("held", 0L), Map.entry("paid", 0L),
				Map.entry("placed", 2L), Map.entry("shipped", 1L));
		assertThatIllegalArgumentException().isThrownBy(() -> states.allIn(Order.class, "lost"))
			.withMessageContainingAll("has no state 'lost'", "[held, paid, placed, shipped]");
	}

	@Test
	@DisplayName("S32 F04 machines that nobody knows are not kept to be found, nor is anything left of them")
	void forgotten() throws Exception {
		StateMachines states = this.machines.states;
		Order kept = states.create(Order.class);
		MachineType type = ((Machine) states.of(kept)).type();
		List<Order> younger = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			Order order = states.create(Order.class);
			if (i % 2000 == 0) {
				younger.add(order);
			}
		}
		long end = System.nanoTime() + Machines.LONG.toNanos();
		while (type.register().size() > 6000 && System.nanoTime() < end) {
			System.gc();
			Thread.onSpinWait();
		}
		assertThat(type.register().size()).isBetween(11, 6000);
		assertThat(states.all(Order.class)).extracting(StateMachine::target)
			.contains(kept)
			.containsAll(younger)
			.hasSizeLessThan(6000);
	}

}
