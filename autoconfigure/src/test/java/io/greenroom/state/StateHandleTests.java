package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What can be seen of a machine from outside. */
@Timeout(60)
class StateHandleTests {

	@RegisterExtension
	final Machines machines = new Machines();

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

}
