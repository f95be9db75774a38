package io.greenroom.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.greenroom.state.StateMachine.Status;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.doNothing;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;

/** Objects that came by the machine of another, or by none. */
@Timeout(60)
class CopiedMachineTests {

	@RegisterExtension
	final Machines machines = new Machines();

	static class Order implements Cloneable, Serializable {

		private static final long serialVersionUID = 1L;

		int paid;

		@State(initial = true, transitionsTo = "paid")
		public void placed() {
		}

		@State(transitionsTo = { "shipped", "paid" })
		public void paid(int sum) {
			this.paid += sum;
			if (sum > 100) {
				shipped();
			}
		}

		@State
		public void shipped() {
		}

		@Override
		public Order clone() {
			try {
				return (Order) super.clone();
			}
			catch (CloneNotSupportedException ex) {
				throw new AssertionError(ex);
			}
		}

	}

	private Order paid() throws Exception {
		Order order = this.machines.create(Order.class);
		StateMachine machine = this.machines.of(order);
		machine.moveAndWait(order::placed, Machines.LONG);
		machine.moveAndWait(() -> order.paid(10), Machines.LONG);
		return order;
	}

	@Test
	@DisplayName("S36 a clone has a machine of its own, and never moves the original")
	void cloned() throws Exception {
		Order order = paid();
		StateMachine machine = this.machines.of(order);
		Order copy = order.clone();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(copy::shipped)
			.withMessageContaining("has not started");
		StateMachine own = this.machines.of(copy);
		assertThat(own).isNotSameAs(machine).isSameAs(this.machines.of(copy));
		assertThat(own.target()).isSameAs(copy);
		assertThat(own.status()).isEqualTo(Status.NEW);
		own.moveAndWait(copy::placed, Machines.LONG);
		own.moveAndWait(() -> copy.paid(200), Machines.LONG);
		assertThat(own.current()).isEqualTo("shipped");
		assertThat(copy.paid).isEqualTo(210);
		assertThat(order.paid).isEqualTo(10);
		assertThat(machine.current()).isEqualTo("paid");
		assertThat(machine.history()).hasSize(2);
		machine.moveAndWait(order::shipped, Machines.LONG);
		assertThat(this.machines.states.all(Order.class)).containsExactlyInAnyOrder(machine, own);
	}

	@Test
	@DisplayName("S36 a clone that many threads call first gets one machine")
	void race() throws Exception {
		Order order = paid();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int round = 0; round < 500; round++) {
				Order copy = order.clone();
				Callable<StateMachine> job = () -> this.machines.of(copy);
				Set<StateMachine> seen = new HashSet<>();
				for (Future<StateMachine> each : threads.invokeAll(Collections.nCopies(4, job))) {
					seen.add(each.get());
				}
				assertThat(seen).hasSize(1);
			}
		}
	}

	@Test
	@DisplayName("S36 a deserialised copy says that it has no machine, and can be given one")
	void deserialised() throws Exception {
		Order order = paid();
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(order);
		}
		Order copy;
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			copy = (Order) in.readObject();
		}
		assertThat(copy.paid).isEqualTo(10);
		assertThatIllegalStateException().isThrownBy(copy::shipped)
			.withMessageContainingAll("was deserialized", "stateMachines.bind(object, null)");
		assertThatIllegalArgumentException().isThrownBy(() -> this.machines.of(copy))
			.withMessageContaining("was deserialized");
		StateMachine own = this.machines.states.bind(copy, null);
		assertThat(this.machines.of(copy)).isSameAs(own);
		assertThat(own.moveAndWait(copy::placed, Machines.LONG)).isEqualTo("placed");
		assertThat(this.machines.of(order).current()).isEqualTo("paid");
	}

	@Test
	@DisplayName("S36 a spy has a machine of its own, and counts each move once")
	void spied() throws Exception {
		Order order = paid();
		Order spy = spy(order);
		StateMachine own = this.machines.of(spy);
		assertThat(own).isNotSameAs(this.machines.of(order));
		own.moveAndWait(spy::placed, Machines.LONG);
		own.moveAndWait(() -> spy.paid(5), Machines.LONG);
		own.moveAndWait(() -> spy.paid(500), Machines.LONG);
		assertThat(own.current()).isEqualTo("shipped");
		verify(spy, times(1)).placed();
		verify(spy, times(1)).paid(5);
		verify(spy, times(1)).paid(500);
		verify(spy, times(1)).shipped();
		verifyNoMoreInteractions(spy);
		assertThat(spy.paid).isEqualTo(515);
		assertThat(order.paid).isEqualTo(10);
		assertThat(this.machines.of(order).history()).hasSize(2);
	}

	@Test
	@DisplayName("S36 a spy's stubbed state moves nothing, and a spy of a fresh object starts")
	void stubbed() throws Exception {
		Order spy = spy(this.machines.create(Order.class));
		doNothing().when(spy).placed();
		spy.placed();
		assertThat(this.machines.of(spy).status()).isEqualTo(Status.NEW);
		Mockito.doCallRealMethod().when(spy).placed();
		assertThat(this.machines.of(spy).moveAndWait(spy::placed, Machines.LONG)).isEqualTo("placed");
		verify(spy, times(2)).placed();
		assertThat(List.of(Mockito.mockingDetails(spy).getInvocations().toArray())).hasSize(2);
	}

}
