package io.greenroom.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.greenroom.green.GreenScheduler;
import io.greenroom.state.State;
import io.greenroom.state.StateHandle;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachine.Status;
import io.greenroom.state.StateMachines;
import io.greenroom.state.StateMove;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@CloseSchedulers
@Timeout(60)
class MachineStatesTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final List<String> told = Collections.synchronizedList(new ArrayList<>());

	private final StateMachines machines = StateMachines.builder(this.scheduler).listener(new StateListener() {

		@Override
		public void moved(StateMachine machine, StateMove move) {
			MachineStatesTests.this.told.add("moved to " + move.to());
		}

	}).build();

	static class Parcel {

		private final List<String> log = Collections.synchronizedList(new ArrayList<>());

		private final CountDownLatch go = new CountDownLatch(1);

		Parcel() {
			packed();
		}

		@State(initial = true, transitionsTo = "sent")
		void packed() {
			this.log.add("packed");
		}

		@State(transitionsTo = { "delivered", "lost" }, timeout = "30ms", onTimeout = "lost", onStart = "check")
		void sent(int stamps) {
			this.log.add("sent with " + stamps);
		}

		void check(StateHandle next, Object... stamps) {
			this.log.add("checked");
		}

		@State(transitionsTo = "packed")
		void lost() throws InterruptedException {
			this.log.add("lost");
			this.go.await();
		}

		@State
		void delivered() {
			this.log.add("delivered");
		}

	}

	@Test
	@DisplayName("U06 a machine is put into a state without its body, onStart, listeners and the moves before")
	void putsIntoAState() throws Exception {
		Parcel parcel = this.machines.create(Parcel.class);
		StateMachine machine = this.machines.of(parcel);
		assertThat(machine.awaitRest(LONG)).isTrue();
		this.told.clear();
		MachineStates.put(machine, "delivered");
		assertThat(machine.status()).isEqualTo(Status.DONE);
		assertThat(machine.current()).isEqualTo("delivered");
		assertThat(this.told).isEmpty();
		assertThat(parcel.log).containsExactly("packed");
		assertThat(machine.history()).extracting(StateMove::to).containsExactly("packed");
		MachineStates.put(machine, "packed");
		assertThat(machine.status()).isEqualTo(Status.RESTING);
		assertThat(machine.targets()).containsExactly("sent");
		assertThat(this.machines.counts(Parcel.class)).containsEntry("packed", 1L).containsEntry("delivered", 0L);
		parcel.sent(2);
		assertThat(machine.history().getLast().from()).isEqualTo("packed");
	}

	@Test
	@DisplayName("U06 the timeout of the state that a machine was put into begins, and that of the state before ends")
	void theTimeoutBegins() throws Exception {
		Parcel parcel = MachineStates.create(this.machines, "sent", Parcel.class);
		StateMachine machine = this.machines.of(parcel);
		assertThat(machine.awaitState("lost", LONG)).isTrue();
		parcel.go.countDown();
		assertThat(machine.awaitRest(LONG)).isTrue();
		assertThat(parcel.log).containsExactly("lost");
		MachineStates.put(machine, "sent");
		MachineStates.put(machine, "packed");
		assertThat(machine.awaitState("lost", Duration.ofMillis(200))).isFalse();
	}

	@Test
	@DisplayName("U06 an object is created in a state, and what its constructor calls has no effect")
	void createsInAState() throws Exception {
		Parcel parcel = MachineStates.create(this.machines, "delivered", Parcel.class);
		StateMachine machine = this.machines.of(parcel);
		assertThat(machine.awaitRest(LONG)).isTrue();
		assertThat(machine.isDone()).isTrue();
		assertThat(parcel.log).isEmpty();
		assertThat(machine.history()).isEmpty();
	}

	@Test
	@DisplayName("U06 the body of a state that a machine is put into runs if asked, with its arguments")
	void runsTheBodyIfAsked() throws Exception {
		Parcel parcel = MachineStates.create(this.machines, "packed", Parcel.class);
		StateMachine machine = this.machines.of(parcel);
		MachineStates.putAndRun(machine, "sent", 3);
		assertThat(machine.awaitState("lost", LONG)).isTrue();
		assertThat(parcel.log).startsWith("sent with 3").doesNotContain("checked");
		assertThatIllegalStateException().isThrownBy(() -> MachineStates.put(machine, "packed"))
			.withMessageContaining("cannot be put into 'packed' while it is moving or a body runs in it (lost)");
		parcel.go.countDown();
		assertThat(machine.awaitRest(LONG)).isTrue();
		assertThatIllegalArgumentException().isThrownBy(() -> MachineStates.putAndRun(machine, "sent", "three"))
			.withMessageContaining("takes [int], and was given [three]");
		assertThatIllegalArgumentException().isThrownBy(() -> MachineStates.putAndRun(machine, "sent"));
		assertThatIllegalArgumentException().isThrownBy(() -> MachineStates.putAndRun(machine, "sent", (Object) null));
		assertThatIllegalArgumentException().isThrownBy(() -> MachineStates.put(machine, "eaten"))
			.withMessageContaining("has no state 'eaten'; its states are");
		assertThat(machine.current()).isEqualTo("lost");
	}

}
