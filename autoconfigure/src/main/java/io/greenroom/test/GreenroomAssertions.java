package io.greenroom.test;

import io.greenroom.deferred.Deferred;
import io.greenroom.state.StateMachine;
import org.jspecify.annotations.Nullable;

/**
 * Assertions for handlers and machines. A failure shows the queue of the handler, or the
 * states of the machine. Needs AssertJ; import the methods beside those of AssertJ's
 * {@code Assertions}.
 */
public final class GreenroomAssertions {

	private GreenroomAssertions() {
	}

	/**
	 * Begins assertions on a machine.
	 * @param machine the machine, as {@code stateMachines.of(order)} returns it
	 * @return the assertions
	 */
	public static StateMachineAssert assertThat(@Nullable StateMachine machine) {
		return new StateMachineAssert(machine);
	}

	/**
	 * Begins assertions on a handler.
	 * @param handler the handler's handle
	 * @return the assertions
	 */
	public static DeferredAssert assertThat(@Nullable Deferred<?> handler) {
		return new DeferredAssert(handler);
	}

}
