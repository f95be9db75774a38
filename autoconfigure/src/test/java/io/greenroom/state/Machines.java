package io.greenroom.state;

import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/** A scheduler and its machines for one test, closed after it. */
final class Machines implements AfterEachCallback {

	static final Duration LONG = Duration.ofSeconds(20);

	final GreenScheduler scheduler = GreenScheduler.builder().name("test").drainTimeout(Duration.ofSeconds(1)).build();

	final StateMachines states = with().build();

	StateMachines.Builder with() {
		return StateMachines.builder(this.scheduler);
	}

	<T> T create(Class<T> type, Object... args) {
		return this.states.create(type, args);
	}

	StateMachine of(Object object) {
		return this.states.of(object);
	}

	static boolean ended(StateMachine machine) throws InterruptedException {
		return machine.join(LONG);
	}

	static boolean rests(StateMachine machine) throws InterruptedException {
		return machine.awaitRest(LONG);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.scheduler.close();
	}

	/** Checks that the moves follow each other and are declared. */
	static void assertPath(Class<?> type, StateMachine machine) {
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

}
